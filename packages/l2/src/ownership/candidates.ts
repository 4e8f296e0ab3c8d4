import { addressBits, type IpAddress, type LinkSelector, type Prefix, prefixRange, selectsLink } from "@fairlead/net";
import { MOST_PREFIXES } from "../packet/heartbeat.ts";
import type { Candidates, LinkEnd } from "./state.ts";

/** Whether a node with such an end of the link may own the address. */
export function isCandidate(
  address: IpAddress,
  { nodes }: Candidates,
  node: string,
  end: Pick<LinkEnd, "name" | "prefixes">,
): boolean {
  const candidacy = nodes.get(node);
  return candidacy !== undefined && allowsLink(candidacy.links, end, address);
}

/** Whether one selector of each list selects the link for the address. */
export function allowsLink(
  links: readonly (readonly LinkSelector[])[],
  end: Pick<LinkEnd, "name" | "prefixes">,
  address: IpAddress,
): boolean {
  return links.every((selectors) => selectors.some((selector) => selectsLink(selector, end, address)));
}

/** Those of the nodes that have the greatest weight. */
export function heaviest(candidates: Candidates | undefined, nodes: readonly string[]): readonly string[] {
  const most = Math.max(...nodes.map((node) => weightOf(candidates, node)));
  return nodes.filter((node) => weightOf(candidates, node) === most);
}

/** The weight of a node for an address; 0 if it may not have it. */
export function weightOf(candidates: Candidates | undefined, node: string): number {
  return candidates?.nodes.get(node)?.weight ?? 0;
}

/**
 * The first address of each distinct subnet of a link, as many as a heartbeat carries: wide ones before those that hold
 * nothing but the address itself, in the given order otherwise.
 */
export function subnetsOf(prefixes: readonly Prefix[]): readonly Prefix[] {
  const distinct = new Map<string, Prefix>();
  for (const prefix of prefixes) {
    const { family, first } = prefixRange(prefix);
    const key = `${family}/${first}/${prefix.length}`;
    if (!distinct.has(key)) distinct.set(key, prefix);
  }
  const single = ({ address, length }: Prefix) => Number(length === addressBits(address.family));
  return [...distinct.values()].sort((a, b) => single(a) - single(b)).slice(0, MOST_PREFIXES);
}
