/** What placement looks at. */
export interface PlacementInput {
  /** Addresses without an owner, each with the nodes that may take it now. */
  readonly orphans: ReadonlyMap<string, readonly string[]>;
  /** How many addresses each live node holds. Nodes that are not in it are not placed on. */
  readonly load: ReadonlyMap<string, number>;
  /** Number of addresses on the link, held or not. */
  readonly addresses: number;
  /** Of an address that is not to be with certain others: the groups that it is in together with them. */
  readonly groups?: ReadonlyMap<string, readonly string[]>;
  /** Of each group, the nodes that hold its addresses, each as often as it holds one. */
  readonly holders?: ReadonlyMap<string, readonly string[]>;
}

/**
 * Gives each orphan to the candidate that ranks first for it (rendezvous hashing), passing over nodes
 *
 * - that hold more of its groups than another candidate does, so that addresses of one group come apart; then
 * - that hold their share already: no node gets above ⌈addresses / nodes⌉ + 1, unless all candidates have that many (or
 *   the others hold more of its groups); then the one with the least gets it.
 *
 * What is in a group is placed first, what has the fewest candidates first of all: it has the smaller choice. Every node derives the same from the same input; and a
 * node's part comes out the same again when another node has taken its own part in between.
 */
export function place({ orphans, load, addresses, groups = new Map(), holders }: PlacementInput): Map<string, string> {
  const loads = new Map(load);
  const loadOf = (node: string) => loads.get(node) ?? 0;
  const most = Math.ceil(addresses / Math.max(1, loads.size)) + 1;
  const crowds = new Crowds(holders);
  const placed = new Map<string, string>();
  const choice = (address: string) => (groups.has(address) ? (orphans.get(address)?.length ?? 0) : loads.size + 1);
  const inOrder = [...orphans].sort(([a], [b]) => choice(a) - choice(b) || (a < b ? -1 : 1));
  for (const [address, candidates] of inOrder) {
    const own = groups.get(address) ?? [];
    const ranked = rank(address, candidates).filter((node) => loads.has(node));
    const apart = crowds.thinnest(own, ranked);
    const node = apart.find((candidate) => loadOf(candidate) < most) ?? least(apart, loadOf);
    if (node === undefined) continue;
    placed.set(address, node);
    loads.set(node, loadOf(node) + 1);
    crowds.add(own, node);
  }
  return placed;
}

/** The nodes in the order in which they are to own the address. */
export function rank(address: string, nodes: readonly string[]): string[] {
  return nodes
    .map((node) => ({ node, score: score(address, node) }))
    .sort((a, b) => b.score - a.score || (a.node < b.node ? -1 : 1))
    .map(({ node }) => node);
}

/** How many addresses of each group each node holds. */
class Crowds {
  readonly #counts = new Map<string, number>();

  constructor(holders: ReadonlyMap<string, readonly string[]> = new Map()) {
    for (const [group, nodes] of holders) for (const node of nodes) this.add([group], node);
  }

  add(groups: readonly string[], node: string): void {
    for (const group of groups) this.#counts.set(`${node} ${group}`, this.#of(group, node) + 1);
  }

  /** The nodes that hold the fewest of the groups, in the given order. */
  thinnest(groups: readonly string[], nodes: readonly string[]): readonly string[] {
    if (groups.length === 0) return nodes;
    const crowdOf = (node: string) => groups.reduce((sum, group) => sum + this.#of(group, node), 0);
    const fewest = Math.min(...nodes.map(crowdOf));
    return nodes.filter((node) => crowdOf(node) === fewest);
  }

  #of(group: string, node: string): number {
    return this.#counts.get(`${node} ${group}`) ?? 0;
  }
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
