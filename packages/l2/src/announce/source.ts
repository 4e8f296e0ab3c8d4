import { type IpAddress, type Prefix, parseRange, rangeContains } from "@fairlead/net";

/** Addresses of one link alone (RFC 4291 §2.5.6). */
export const LINK_LOCAL = parseRange("fe80::/10");

/** The address of its own that a link speaks NDP from: its link-local one, failing that its first of IPv6, if any. */
export function ipv6Source(addresses: readonly Prefix[]): IpAddress | undefined {
  const own = addresses.map(({ address }) => address).filter(({ family }) => family === 6);
  return own.find((address) => rangeContains(LINK_LOCAL, address)) ?? own[0];
}
