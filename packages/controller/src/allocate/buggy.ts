import type { AddressRange, IpAddress } from "@fairlead/net";

/** Whether an address is IPv4 and ends in .0 or .255: what spec.avoidBuggyIPs of a pool leaves out. */
export function isBuggy({ family, value }: IpAddress): boolean {
  const last = value & 255n;
  return family === 4 && (last === 0n || last === 255n);
}

/** How many addresses of the ranges {@link isBuggy} holds for; counted by arithmetic, however large they are. */
export function countBuggy(ranges: readonly AddressRange[]): bigint {
  return ranges
    .filter(({ family }) => family === 4)
    .reduce((sum, { first, last }) => sum + buggyBelow(last + 1n) - buggyBelow(first), 0n);
}

// Of the addresses from 0 to just below `end`: the .0 of each block that is begun, the .255 of each that is complete.
function buggyBelow(end: bigint): bigint {
  return ((end + 255n) >> 8n) + (end >> 8n);
}
