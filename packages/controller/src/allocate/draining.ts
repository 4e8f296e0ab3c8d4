import type { Allocation, Draining, Service } from "@fairlead/model";
import { reservedAt, type Surroundings } from "./context.ts";
import { poolOf } from "./in-pool.ts";
import { poolAllows } from "./pools.ts";

/** Why an address that a Service holds is draining; undefined if it is not. Whatever has the address now is its pool. */
export function drainingOf(
  { ip, address, pool: from }: Allocation,
  service: Service,
  surroundings: Surroundings,
): Draining | undefined {
  const pool = poolOf(surroundings.pools, ip);
  if (pool === undefined) {
    const reserved = reservedAt(ip, surroundings);
    if (reserved !== undefined) return { code: "AddressUnusable", address, what: reserved.what, of: reserved.of };
    return { code: "NoPoolHasAddress", address, pool: from };
  }
  if (!poolAllows(pool, service, surroundings.namespaceLabels)) {
    return { code: "PoolExcludesService", address, pool: pool.name };
  }
  return undefined;
}

/** Whether an address that is given up is to cool down: so says the pool that gives it out. */
export function cools({ ip }: Allocation, { pools }: Pick<Surroundings, "pools">): boolean {
  return (poolOf(pools, ip)?.coolDownMillis ?? 0) > 0;
}
