import type { Changes, Element, SetElements } from "./changes.ts";

interface Entry {
  readonly value: string | undefined;
  /** How often the element is held: several owners may need the same one. */
  readonly holders: number;
}

/**
 * What a table's sets and maps hold, as counted references: an element is there as long as somebody holds it. Replacing
 * the elements of one owner costs as much as that owner has elements, however large the sets are.
 */
export class ElementLedger {
  readonly #sets = new Map<string, Map<string, Entry>>();

  /** The elements by set or map name; sets that were never used are absent. */
  elements(): ReadonlyMap<string, SetElements> {
    const copy = new Map<string, SetElements>();
    for (const [name, entries] of this.#sets) {
      if (entries.size > 0) copy.set(name, new Map(Array.from(entries, ([key, { value }]) => [key, value])));
    }
    return copy;
  }

  /**
   * Lets go of `released`, holds `held`, and says what changes by that. Owners of the same key must agree on its value.
   *
   * @throws RangeError for a release of what is not held: the ledger no longer tells the truth then.
   */
  exchange(released: readonly Element[], held: readonly Element[]): Changes {
    const before = new Map<string, Map<string, Entry | undefined>>();
    for (const element of released) this.#release(element, before);
    for (const element of held) this.#hold(element, before);
    return this.#changesSince(before);
  }

  #release({ set, key }: Element, before: Map<string, Map<string, Entry | undefined>>): void {
    const entries = this.#remember(set, key, before);
    const entry = entries.get(key);
    if (entry === undefined) throw new RangeError(`Cannot release element ${key} of ${set}: it must be held`);
    if (entry.holders === 1) entries.delete(key);
    else entries.set(key, { ...entry, holders: entry.holders - 1 });
  }

  #hold({ set, key, value }: Element, before: Map<string, Map<string, Entry | undefined>>): void {
    const entries = this.#remember(set, key, before);
    entries.set(key, { value, holders: (entries.get(key)?.holders ?? 0) + 1 });
  }

  #remember(set: string, key: string, before: Map<string, Map<string, Entry | undefined>>): Map<string, Entry> {
    const entries = getOrMake(this.#sets, set);
    const touched = getOrMake(before, set);
    if (!touched.has(key)) touched.set(key, entries.get(key));
    return entries;
  }

  #changesSince(before: ReadonlyMap<string, ReadonlyMap<string, Entry | undefined>>): Changes {
    const changes = new Map<string, { deleted: string[]; added: Map<string, string | undefined> }>();
    for (const [set, touched] of before) {
      const deleted: string[] = [];
      const added = new Map<string, string | undefined>();
      for (const [key, old] of touched) {
        const now = this.#sets.get(set)?.get(key);
        if (old !== undefined && now !== undefined && old.value === now.value) continue;
        if (old !== undefined) deleted.push(key);
        if (now !== undefined) added.set(key, now.value);
      }
      if (deleted.length > 0 || added.size > 0) changes.set(set, { deleted, added });
    }
    return changes;
  }
}

function getOrMake<V>(maps: Map<string, Map<string, V>>, name: string): Map<string, V> {
  let map = maps.get(name);
  if (map === undefined) {
    map = new Map();
    maps.set(name, map);
  }
  return map;
}
