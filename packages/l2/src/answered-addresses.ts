import { compareAddresses, formatAddress, type IpAddress } from "@fairlead/net";

/** The IPv4 addresses among these, each once, in ascending order. */
export function ipv4Only(addresses: readonly IpAddress[]): IpAddress[] {
  const unique = new Map(addresses.map((address) => [formatAddress(address), address]));
  return [...unique.values()].filter(({ family }) => family === 4).sort(compareAddresses);
}
