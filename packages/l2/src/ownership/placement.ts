/** What placement looks at. */
export interface PlacementInput {
  /** Addresses without an owner, each with the nodes that may take it now. */
  readonly orphans: ReadonlyMap<string, readonly string[]>;
  /** How many addresses each live node holds. Nodes that are not in it are not placed on. */
  readonly load: ReadonlyMap<string, number>;
  /** Number of addresses on the link, held or not. */
  readonly addresses: number;
}

/**
 * Gives each orphan to the candidate that ranks first for it (rendezvous hashing), passing over nodes that hold their
 * share already: no node gets above ⌈addresses / nodes⌉ + 1, unless all candidates have that many; then the one with
 * the least gets it. Every node derives the same from the same input; and a node's part comes out the same again when
 * another node has taken its own part in between.
 */
export function place({ orphans, load, addresses }: PlacementInput): Map<string, string> {
  const loads = new Map(load);
  const loadOf = (node: string) => loads.get(node) ?? 0;
  const most = Math.ceil(addresses / Math.max(1, loads.size)) + 1;
  const placed = new Map<string, string>();
  for (const address of [...orphans.keys()].sort()) {
    const ranked = rank(address, orphans.get(address) ?? []).filter((node) => loads.has(node));
    const node = ranked.find((candidate) => loadOf(candidate) < most) ?? least(ranked, loadOf);
    if (node === undefined) continue;
    placed.set(address, node);
    loads.set(node, loadOf(node) + 1);
  }
  return placed;
}

/** The nodes in the order in which they are to own the address. */
export function rank(address: string, nodes: readonly string[]): string[] {
  const scores = new Map(nodes.map((node) => [node, score(address, node)]));
  const scoreOf = (node: string) => scores.get(node) ?? 0;
  return [...nodes].sort((a, b) => scoreOf(b) - scoreOf(a) || (a < b ? -1 : 1));
}

// The first of those with the least.
function least(nodes: readonly string[], loadOf: (node: string) => number): string | undefined {
  return nodes.reduce<string | undefined>((best, node) => {
    return best === undefined || loadOf(node) < loadOf(best) ? node : best;
  }, undefined);
}

// FNV-1a over node and address, then the finalizer of MurmurHash3: near names must not rank alike.
function score(address: string, node: string): number {
  const text = `${node}/${address}`;
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
