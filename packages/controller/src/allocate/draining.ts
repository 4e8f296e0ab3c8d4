import type { Allocation, Draining, Labels, Pool, ServiceIntent } from "@fairlead/model";
import { parseAddress } from "@fairlead/net";
import { poolOf } from "./ledger.ts";
import { poolAllows } from "./pools.ts";

/** Why an address that a Service holds is draining; undefined if it is not. Whatever has the address now is its pool. */
export function drainingOf(
  { address, pool: from }: Allocation,
  service: ServiceIntent,
  {
    pools,
    namespaceLabels,
  }: { readonly pools: readonly Pool[]; readonly namespaceLabels: ReadonlyMap<string, Labels> },
): Draining | undefined {
  const pool = poolOf(pools, parseAddress(address));
  if (pool === undefined) return { code: "NoPoolHasAddress", address, pool: from };
  if (!poolAllows(pool, service, namespaceLabels)) return { code: "PoolExcludesService", address, pool: pool.name };
  return undefined;
}
