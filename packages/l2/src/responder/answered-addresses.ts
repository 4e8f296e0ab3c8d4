import { compareAddresses, type Family, formatAddress, type IpAddress } from "@fairlead/net";

/** These addresses, each once, in ascending order. */
export function distinct(addresses: readonly IpAddress[]): IpAddress[] {
  const unique = new Map(addresses.map((address) => [formatAddress(address), address]));
  return [...unique.values()].sort(compareAddresses);
}

/** Those of one family. */
export function ofFamily(family: Family, addresses: readonly IpAddress[]): IpAddress[] {
  return addresses.filter((address) => address.family === family);
}

/** Those of the first list that are not in the second. */
export function without(from: readonly IpAddress[], holes: readonly IpAddress[]): IpAddress[] {
  const gone = new Set(holes.map(formatAddress));
  return from.filter((address) => !gone.has(formatAddress(address)));
}
