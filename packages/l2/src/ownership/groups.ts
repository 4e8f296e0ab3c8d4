import type { PlacementInput } from "./placement.ts";
import type { OwnershipState } from "./state.ts";

/** Which addresses are to be apart, and which nodes have some of them already, as placement takes it. */
export function groupings({
  node,
  wanted,
  holdings,
  peers,
}: OwnershipState): Pick<Required<PlacementInput>, "groups" | "holders"> {
  const groups = new Map<string, readonly string[]>();
  const holders = new Map<string, string[]>();
  for (const [address, candidates] of wanted) {
    if (candidates.groups === undefined || candidates.groups.length === 0) continue;
    groups.set(address, candidates.groups);
    const having = [...peers.values()].filter(({ table }) => table.entries.has(address)).map((peer) => peer.node);
    if (holdings.has(address)) having.push(node);
    for (const group of candidates.groups) holders.set(group, [...(holders.get(group) ?? []), ...having]);
  }
  return { groups, holders };
}
