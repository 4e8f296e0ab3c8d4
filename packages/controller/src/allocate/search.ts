import type { Pool, Service } from "@fairlead/model";
import type { Family, IpAddress } from "@fairlead/net";
import type { AllocationContext, Seeker } from "./context.ts";
import { drainingOf } from "./draining.ts";

/** An address that can be had, and the pool that it is taken from. */
export interface Found {
  readonly address: IpAddress;
  readonly pool: string;
}

/**
 * An address of a family that nobody has, from the first pool that has one: that which a Service of the same name gave up,
 * else the lowest free one, else the one that has cooled down for the longest.
 *
 * @param pools - in the order in which they are tried.
 */
export function findFree(
  seeker: Seeker,
  family: Family,
  pools: readonly Pool[],
  { ledger }: AllocationContext,
): Found | undefined {
  const open = pools.filter((pool) => !ledger.isQuotaUsed(pool, family, seeker.namespace));
  const first = (find: (pool: Pool) => IpAddress | undefined): Found | undefined => {
    for (const pool of open) {
      const address = find(pool);
      if (address !== undefined) return { address, pool: pool.name };
    }
    return undefined;
  };
  return (
    first((pool) => ledger.free.formerOf(seeker, pool, family)) ??
    first((pool) => ledger.free.lowest(pool, family)) ??
    first((pool) => ledger.free.longestCooling(pool, family))
  );
}

/** An address of a family for a Service: one that is reserved for it, else one that it may share, else a free one. */
export function findAddress(
  service: Service,
  family: Family,
  pools: readonly Pool[],
  context: AllocationContext,
): Found | undefined {
  const { ledger } = context;
  // What it would leave at once, as it asks for with reallocate, it does not go to.
  const reserved = ledger.reservedFor(service, family).find((one) => {
    return !service.reallocate || drainingOf(one, service, context) === undefined;
  });
  if (reserved !== undefined) return { address: reserved.ip, pool: reserved.pool };
  for (const pool of pools) {
    const address = ledger.lowestShareable(service, pool, family);
    if (address !== undefined) return { address, pool: pool.name };
  }
  return findFree(service, family, pools, context);
}
