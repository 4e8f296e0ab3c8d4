import { allocatedAddress, allocationName } from "@fairlead/kube";
import {
  type Allocation,
  type Pool,
  type ServiceIdentity,
  type ServiceIntent,
  type ShareConflict,
  shareConflict,
} from "@fairlead/model";
import {
  compareAddresses,
  type Family,
  formatAddress,
  type IpAddress,
  parseAddress,
  rangeContains,
} from "@fairlead/net";
import { isBuggy } from "./buggy.ts";

/** A Service that another cannot share an address with, and why. */
export interface AddressConflict {
  readonly holder: ServiceIdentity;
  readonly conflict: ShareConflict;
}

/**
 * Who holds which address, while one decision is made. Addresses are only added: what a Service gives up in a decision
 * is free for others in the next, once it has been given up in truth.
 */
export class Ledger {
  readonly #holders = new Map<string, Allocation[]>();
  readonly #held: Record<Family, Set<bigint>> = { 4: new Set(), 6: new Set() };
  /** For each pool and family, below which address nothing is free: addresses are only added, so it only grows. */
  readonly #cursors = new Map<string, { range: number; next: bigint }>();
  readonly #services: ReadonlyMap<string, ServiceIntent>;
  /** Addresses held under each sharing key. */
  readonly #shared = new Map<string, Set<string>>();

  /**
   * @param unreadable - names of IPAllocations that say nothing else: what they claim is held by nobody we know.
   * @param services - who may share with whom is looked up in these.
   */
  constructor(
    allocations: Iterable<Allocation>,
    unreadable: Iterable<string> = [],
    services: readonly ServiceIntent[] = [],
  ) {
    this.#services = new Map(services.map((service) => [service.uid, service]));
    for (const allocation of allocations) this.add(allocation);
    for (const name of unreadable) {
      const address = allocatedAddress(name);
      if (address !== undefined) this.#held[address.family].add(address.value);
    }
  }

  /** Records a holder, after those that were there before. */
  add(allocation: Allocation): void {
    const { family, value } = parseAddress(allocation.address);
    const holders = this.#holders.get(allocation.address);
    if (holders === undefined) this.#holders.set(allocation.address, [allocation]);
    else holders.push(allocation);
    this.#held[family].add(value);
    const key = this.#services.get(allocation.service.uid)?.sharingKey ?? "";
    if (key === "") return;
    const addresses = this.#shared.get(key);
    if (addresses === undefined) this.#shared.set(key, new Set([allocation.address]));
    else addresses.add(allocation.address);
  }

  /** The holders of an address in canonical text, the first of them first. */
  holders(address: string): readonly Allocation[] {
    return this.#holders.get(address) ?? [];
  }

  /**
   * Why a Service cannot share an address with those that were there before it; undefined if it can, or if there are
   * none.
   */
  conflict(service: ServiceIntent, address: string): AddressConflict | undefined {
    for (const holder of this.holders(address)) {
      if (holder.service.uid === service.uid) return undefined;
      const conflict = shareConflict(service, this.#services.get(holder.service.uid));
      if (conflict !== undefined) return { holder: holder.service, conflict };
    }
    return undefined;
  }

  /** Whether a Service that does not hold an address may join those that do. */
  canJoin(service: ServiceIntent, address: string): boolean {
    const holders = this.holders(address);
    const isHolder = holders.some((holder) => holder.service.uid === service.uid);
    return holders.length > 0 && !isHolder && this.conflict(service, address) === undefined;
  }

  /** The lowest address of a family in a pool that a Service may join others on. */
  lowestShareable(service: ServiceIntent, pool: Pool, family: Family): IpAddress | undefined {
    if (service.sharingKey === "") return undefined;
    const found = [...(this.#shared.get(service.sharingKey) ?? [])]
      .map(parseAddress)
      .filter((address) => address.family === family && poolHas(pool, address))
      .sort(compareAddresses);
    return found.find((address) => this.canJoin(service, formatAddress(address)));
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
    version: "",
    address: formatAddress(address),
    pool,
    service: { namespace, name, uid },
  };
}
