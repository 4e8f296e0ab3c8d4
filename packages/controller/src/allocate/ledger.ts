import { allocatedAddress, allocationName } from "@fairlead/kube";
import type { Allocation, Pool, ServiceIdentity } from "@fairlead/model";
import { type Family, formatAddress, type IpAddress, parseAddress, rangeContains } from "@fairlead/net";
import { isBuggy } from "./buggy.ts";

/**
 * Who holds which address, while one decision is made. Addresses are only added: what a Service gives up in a decision
 * is free for others in the next, once it has been given up in truth.
 */
export class Ledger {
  readonly #holders = new Map<string, Allocation>();
  readonly #held: Record<Family, Set<bigint>> = { 4: new Set(), 6: new Set() };
  /** For each pool and family, below which address nothing is free: addresses are only added, so it only grows. */
  readonly #cursors = new Map<string, { range: number; next: bigint }>();

  /** @param unreadable - names of IPAllocations that say nothing else: what they claim is held by nobody we know. */
  constructor(allocations: Iterable<Allocation>, unreadable: Iterable<string> = []) {
    for (const allocation of allocations) this.add(allocation);
    for (const name of unreadable) {
      const address = allocatedAddress(name);
      if (address !== undefined) this.#held[address.family].add(address.value);
    }
  }

  /** Records a holder. */
  add(allocation: Allocation): void {
    const { family, value } = parseAddress(allocation.address);
    this.#holders.set(allocation.address, allocation);
    this.#held[family].add(value);
  }

  /** The holder of an address in canonical text. */
  holder(address: string): Allocation | undefined {
    return this.#holders.get(address);
  }

  /** Whether nobody holds an address, known or unknown. */
  isFree({ family, value }: IpAddress): boolean {
    return !this.#held[family].has(value);
  }

  /** The lowest free address of a family in a pool. */
  lowestFree(pool: Pool, family: Family): IpAddress | undefined {
    const key = `${family}/${pool.name}`;
    const cursor = this.#cursors.get(key) ?? { range: 0, next: 0n };
    this.#cursors.set(key, cursor);
    for (; cursor.range < pool.usable.length; cursor.range++, cursor.next = 0n) {
      const range = pool.usable[cursor.range];
      if (range === undefined || range.family !== family) continue;
      if (cursor.next < range.first) cursor.next = range.first;
      while (cursor.next <= range.last && this.#skips(pool, { family, value: cursor.next })) cursor.next += 1n;
      if (cursor.next <= range.last) return { family, value: cursor.next };
    }
    return undefined;
  }

  #skips(pool: Pool, address: IpAddress): boolean {
    return !this.isFree(address) || (pool.avoidBuggyIPs && isBuggy(address));
  }

  /** How many addresses of a family that may be given out from a pool are held. */
  countHeld(pool: Pool, family: Family): number {
    const ranges = pool.usable.filter((range) => range.family === family);
    let count = 0;
    for (const value of this.#held[family]) {
      const address = { family, value };
      if (pool.avoidBuggyIPs && isBuggy(address)) continue;
      if (ranges.some((range) => rangeContains(range, address))) count += 1;
    }
    return count;
  }
}

/** Whether an address may be given out from a pool. */
export function poolHas(pool: Pool, address: IpAddress): boolean {
  if (pool.avoidBuggyIPs && isBuggy(address)) return false;
  return pool.usable.some((range) => rangeContains(range, address));
}

/** The pool that an address may be given out from, if any. */
export function poolOf(pools: readonly Pool[], address: IpAddress): Pool | undefined {
  return pools.find((pool) => poolHas(pool, address));
}

/** The claim of an address of a pool for a Service. */
export function claimOf(address: IpAddress, pool: string, { namespace, name, uid }: ServiceIdentity): Allocation {
  return {
    name: allocationName(address),
    uid: "",
    address: formatAddress(address),
    pool,
    service: { namespace, name, uid },
  };
}
