/** A table as {@link SimulatedNft} holds it. */
export class SimulatedTable {
  /** Sets and maps: name to elements, key to value (undefined in a set). */
  readonly sets = new Map<string, Map<string, string | undefined>>();
  /** Chains: name to lines, the hook among them. */
  readonly chains = new Map<string, string[]>();

  /** A deep copy. */
  copy(): SimulatedTable {
    const copy = new SimulatedTable();
    for (const [name, elements] of this.sets) copy.sets.set(name, new Map(elements));
    for (const [name, lines] of this.chains) copy.chains.set(name, [...lines]);
    return copy;
  }

  /** Adds an element; refuses another value for a key that is there, and a verdict to a chain that is not. */
  add(set: string, key: string, value: string | undefined): void {
    const elements = this.#elements(set);
    if (elements.has(key) && elements.get(key) !== value) throw new Refusal("File exists");
    const chain = /^(?:goto|jump) (\S+)$/.exec(value ?? "")?.[1];
    if (chain !== undefined && !this.chains.has(chain)) throw new Refusal("No such file or directory");
    elements.set(key, value);
  }

  /** Deletes an element; refuses one that is not there. */
  delete(set: string, key: string): void {
    if (!this.#elements(set).delete(key)) throw new Refusal("No such file or directory");
  }

  #elements(set: string): Map<string, string | undefined> {
    const elements = this.sets.get(set);
    if (elements === undefined) throw new Refusal("No such file or directory");
    return elements;
  }
}

/** What the kernel or nft says to a statement it does not take. */
export class Refusal extends Error {}
