import { type IpAddress, LINK_LOCAL, type Prefix, rangeContains } from "@fairlead/net";

/** The address of its own that a link speaks NDP from: its link-local one, failing that its first of IPv6, if any. */
export function ipv6Source(addresses: readonly Prefix[]): IpAddress | undefined {
  const own = addresses.map(({ address }) => address).filter(({ family }) => family === 6);
  return own.find((address) => rangeContains(LINK_LOCAL[6], address)) ?? own[0];
}
