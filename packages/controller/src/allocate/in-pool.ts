import type { Pool } from "@fairlead/model";
import { type IpAddress, rangeContains } from "@fairlead/net";
import { isBuggy } from "./buggy.ts";

/** Whether an address may be given out from a pool. */
export function poolHas(pool: Pool, address: IpAddress): boolean {
  if (pool.avoidBuggyIPs && isBuggy(address)) return false;
  return pool.usable.some((range) => rangeContains(range, address));
}

/** The pool that an address may be given out from, if any. */
export function poolOf(pools: readonly Pool[], address: IpAddress): Pool | undefined {
  return pools.find((pool) => poolHas(pool, address));
}
