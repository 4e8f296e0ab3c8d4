import { parseAddress, selectsByAddress } from "@fairlead/net";
import { isCandidate } from "./candidates.ts";
import type { Candidates, Eligible, OwnershipState, Peer } from "./state.ts";

/** Of a node that has heard of nothing. */
export const NOBODY_ELIGIBLE: Eligible = { nodes: new Map(), wanted: new Map(), ends: new Map() };

/** The nodes that may own each address now: the same object as before while nothing has changed that it depends on. */
export function eligibleNodes(
  before: Eligible,
  { node, link, peers, wanted }: Pick<OwnershipState, "node" | "link" | "peers" | "wanted">,
): Eligible {
  const ends = new Map<string, Peer["end"]>([[node, link]]);
  for (const peer of peers.values()) ends.set(peer.node, peer.end);
  if (wanted === before.wanted && sameEnds(ends, before.ends)) return before;
  const lists = new Map<string, readonly string[]>();
  /** By candidates of which the address does not matter: thousands of addresses have the same. */
  const regardless = new Map<Candidates["nodes"], readonly string[]>();
  const nodes = new Map<string, readonly string[]>();
  for (const [address, candidates] of wanted) {
    const known = regardless.get(candidates.nodes);
    if (known !== undefined) {
      nodes.set(address, known);
      continue;
    }
    const ip = parseAddress(address);
    const able = [...ends].filter(([name, end]) => isCandidate(ip, candidates, name, end)).map(([name]) => name);
    const key = able.join("\n");
    const list = lists.get(key) ?? able;
    lists.set(key, list);
    nodes.set(address, list);
    if (!dependsOnAddress(candidates)) regardless.set(candidates.nodes, list);
  }
  return { nodes, wanted, ends };
}

function dependsOnAddress({ nodes }: Candidates): boolean {
  return [...nodes.values()].some(({ links }) => links.flat().some(selectsByAddress));
}

/** Those that may own the address; none if it is not wanted. */
export function eligibleFor({ nodes }: Eligible, address: string): readonly string[] {
  return nodes.get(address) ?? [];
}

function sameEnds(a: Eligible["ends"], b: Eligible["ends"]): boolean {
  return a.size === b.size && [...a].every(([node, end]) => b.get(node) === end);
}
