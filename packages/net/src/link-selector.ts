import type { IpAddress } from "./address.ts";
import { type AddressRange, type Prefix, prefixRange, rangeContains, rangesOverlap } from "./range.ts";

/** Which links of a node an address may be announced on. */
export interface LinkSelector {
  /** Names of links, or patterns of names: `*` stands for any characters, `?` for one. Empty for every link. */
  readonly interfaces: readonly string[];
  /** The link must have a subnet that overlaps one of these. Empty for every link. */
  readonly subnets: readonly AddressRange[];
  /** Names or patterns of links that are not to be used. */
  readonly exclude: readonly string[];
}

/** Any link whose subnet holds the address. */
export const ANY_LINK: LinkSelector = { interfaces: [], subnets: [], exclude: [] };

/**
 * Whether the selector allows the address on a link: one that it selects by name or subnet, or, if it names neither, one
 * whose subnet holds the address.
 *
 * @param prefixes - the link's addresses with their subnets.
 */
export function selectsLink(
  { interfaces, subnets, exclude }: LinkSelector,
  { name, prefixes }: { readonly name: string; readonly prefixes: readonly Prefix[] },
  address: IpAddress,
): boolean {
  if (exclude.some((pattern) => matchesName(pattern, name))) return false;
  const own = prefixes.map(prefixRange);
  if (selectsByAddress({ interfaces, subnets })) return own.some((range) => rangeContains(range, address));
  const isNamed = interfaces.length === 0 || interfaces.some((pattern) => matchesName(pattern, name));
  return (
    isNamed && (subnets.length === 0 || subnets.some((subnet) => own.some((range) => rangesOverlap(range, subnet))))
  );
}

/** Whether a selector selects different links for different addresses. */
export function selectsByAddress({ interfaces, subnets }: Omit<LinkSelector, "exclude">): boolean {
  return interfaces.length === 0 && subnets.length === 0;
}

function matchesName(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === name;
  const literal = pattern.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(name);
}
