import { type Allocation, type Pool, type Service, wroteStatus } from "@fairlead/model";
import { type IpAddress, parseAddress, rangeContains } from "@fairlead/net";
import type { AllocationContext } from "../allocate/context.ts";
import { poolOf } from "../allocate/in-pool.ts";
import type { Ledger } from "../allocate/ledger.ts";

/**
 * Makes addresses in the status of a Service that there is no record of its own, and returns how they stand then. Not those
 * that another has, nor those that another controller wrote.
 */
export function adopt(service: Service, { pools, ledger }: AllocationContext): Allocation[] {
  const found = service.ingress.flatMap((text) => {
    const address = parseAddress(text);
    const standing = ledger.at(address);
    const pool = poolOf(pools, address) ?? (wroteStatus(service) ? poolAround(pools, address) : undefined);
    const free = standing === undefined ? ledger.isFree(address) : isFor(service, standing, ledger);
    if (pool === undefined || !free) return [];
    return [ledger.take(address, pool.name, service)];
  });
  // A host name beside it is another controller's work, and so is the address then: nobody gets it, nobody records it.
  return service.otherIngress.length > 0 && !wroteStatus(service) ? [] : found;
}

function isFor(service: Service, standing: Allocation, ledger: Ledger): boolean {
  if (standing.holders.length > 0) return ledger.canJoin(service, standing);
  return !ledger.isReserved(service, standing);
}

// Of an address that the pool does not give out any more.
function poolAround(pools: readonly Pool[], address: IpAddress): Pool | undefined {
  return pools.find(({ total }) => total.some((range) => rangeContains(range, address)));
}
