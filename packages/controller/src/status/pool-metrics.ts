import { poolAddresses } from "../metrics.ts";
import type { PoolCounts } from "./pool-status.ts";

/** Shows the counts of each pool, by its name, as metrics; those of pools that are gone vanish. */
export function observePools(counts: ReadonlyMap<string, PoolCounts>): void {
  poolAddresses.reset();
  for (const [pool, ofPool] of counts) {
    for (const [name, count] of Object.entries(ofPool)) {
      const [state = "", family = ""] = name.split(/(?=IPv)/);
      poolAddresses.set({ pool, family, state }, count);
    }
  }
}
