import { addressBits, type IpAddress, type Prefix, prefixRange, rangeContains } from "@fairlead/net";
import { MOST_PREFIXES } from "../packet/heartbeat.ts";
import type { Candidates } from "./types.ts";

/** Whether a node with these subnets on the link may own the address. */
export function isCandidate(
  address: IpAddress,
  { nodes, needsSubnet }: Candidates,
  node: string,
  subnets: readonly Prefix[],
): boolean {
  if (!nodes.has(node)) return false;
  return !needsSubnet || subnets.some((subnet) => rangeContains(prefixRange(subnet), address));
}

/**
 * The distinct subnets of a link's addresses, as many as a heartbeat carries: wide ones before those that hold nothing
 * but the address itself, in the given order otherwise.
 */
export function subnetsOf(prefixes: readonly Prefix[]): readonly Prefix[] {
  const distinct = new Map<string, Prefix>();
  for (const prefix of prefixes) {
    const { family, first } = prefixRange(prefix);
    distinct.set(`${family}/${first}/${prefix.length}`, { address: { family, value: first }, length: prefix.length });
  }
  const single = ({ address, length }: Prefix) => Number(length === addressBits(address.family));
  return [...distinct.values()].sort((a, b) => single(a) - single(b)).slice(0, MOST_PREFIXES);
}
