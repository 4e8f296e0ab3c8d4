import type { Allocation, Pool, Service } from "@fairlead/model";
import type { Family, IpAddress } from "@fairlead/net";
import type { AllocationIndex } from "./allocation-index.ts";
import { isBuggy } from "./buggy.ts";
import { poolHas } from "./in-pool.ts";
import type { Overlay } from "./overlay.ts";

/** The addresses of pools that nobody has, while one decision is made: free ones, vacant ones, and those that cool down. */
export class FreeAddresses {
  readonly #index: AllocationIndex;
  readonly #overlay: Overlay;
  readonly #vacant: ReadonlyMap<string, Allocation>;

  /** @param vacant - records whose holders are gone, by name; it may grow. */
  constructor(index: AllocationIndex, overlay: Overlay, vacant: ReadonlyMap<string, Allocation>) {
    this.#index = index;
    this.#overlay = overlay;
    this.#vacant = vacant;
  }

  /** The lowest free address of a family in a pool. */
  lowest(pool: Pool, family: Family): IpAddress | undefined {
    for (const range of pool.usable) {
      if (range.family !== family) continue;
      let value = range.first;
      for (let free = this.#nextFree(pool, family, value); free !== value; free = this.#nextFree(pool, family, value)) {
        value = free;
        if (value > range.last) break;
      }
      if (value <= range.last) return { family, value };
    }
    return undefined;
  }

  #nextFree(pool: Pool, family: Family, from: bigint): bigint {
    const free = this.#overlay.nextFree(family, from);
    return pool.avoidBuggyIPs && isBuggy({ family, value: free }) ? free + 1n : free;
  }

  /** The address of a family in a pool that is vacant, or else the one that has cooled down for the longest. */
  longestCooling(pool: Pool, family: Family): IpAddress | undefined {
    let found: Allocation | undefined;
    for (const { name, ip } of this.#vacant.values()) {
      const isVacant = this.#overlay.changes.get(name)?.holders.length === 0;
      if (isVacant && ip.family === family && poolHas(pool, ip)) return ip;
    }
    for (const one of this.#coolingIn(pool, family)) {
      if (found === undefined || releasedAt(one) < releasedAt(found)) found = one;
    }
    return found?.ip;
  }

  /** An address of a family in a pool that cools down, and that a Service of this name gave up. */
  formerOf(
    { namespace, name }: Pick<Service, "namespace" | "name">,
    pool: Pool,
    family: Family,
  ): IpAddress | undefined {
    for (const { ip, released } of this.#coolingIn(pool, family)) {
      if (released?.by.namespace === namespace && released.by.name === name) return ip;
    }
    return undefined;
  }

  *#coolingIn(pool: Pool, family: Family): Generator<Allocation> {
    for (const { name, ip } of this.#index.cooling) {
      const now = this.#overlay.byName(name);
      if (now?.released !== undefined && ip.family === family && poolHas(pool, ip)) yield now;
    }
  }
}

function releasedAt({ released }: Allocation): string {
  return released?.at ?? "";
}
