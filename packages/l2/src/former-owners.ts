import type { Link } from "@fairlead/linux";
import { type IpAddress, LINK_LOCAL, type Prefix, parseAddress, prefixRange, rangeContains } from "@fairlead/net";
import type { OwnershipEffect } from "./ownership/effect.ts";
import type { OwnershipState } from "./ownership/state.ts";

/**
 * Of addresses that this node owns from now on, the former owner's own address on the link, of the same family: who handed
 * over is there still, and knows its connections. Nothing of one that fell silent.
 */
export function formerOwners(
  effects: readonly OwnershipEffect[],
  { peers }: OwnershipState,
  { addresses }: Link,
): ReadonlyMap<string, IpAddress> {
  const former = new Map<string, IpAddress>();
  for (const effect of effects) {
    if (effect.kind !== "own" || effect.holding.silentSince !== undefined) continue;
    const peer = peers.get(effect.holding.previous ?? "");
    const { family } = parseAddress(effect.address);
    const own = peer?.end.prefixes.map(({ address }) => address).filter((address) => address.family === family) ?? [];
    const near = own.find((address) => isNear(address, addresses));
    if (near !== undefined) former.set(effect.address, near);
  }
  return former;
}

// In a subnet of the link, but not one that every link has.
function isNear(address: IpAddress, own: readonly Prefix[]): boolean {
  return !rangeContains(LINK_LOCAL[6], address) && own.some((subnet) => rangeContains(prefixRange(subnet), address));
}
