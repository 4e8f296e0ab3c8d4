import { allocationName } from "@fairlead/kube";
import {
  type Allocation,
  type IPClaim,
  isClaimFor,
  type ObjectIdentity,
  type Pool,
  type ServiceIntent,
  type ShareConflict,
  shareConflict,
} from "@fairlead/model";
import { AddressSet, compareAddresses, type Family, formatAddress, type IpAddress, rangeContains } from "@fairlead/net";
import { type AllocationIndex, quotaKey, quotaKeys } from "./allocation-index.ts";
import { isBuggy } from "./buggy.ts";

/** A Service that another cannot share an address with, and why. */
export interface AddressConflict {
  readonly holder: ObjectIdentity;
  readonly conflict: ShareConflict;
}

interface Undo {
  readonly name: string;
  readonly before: Allocation | undefined;
}

/** Who a ledger asks about holders and reservations. */
export interface Known {
  readonly services: readonly ServiceIntent[];
  /** The Service of an identity; undefined if it is gone or cannot be read. */
  readonly serviceOf: (identity: ObjectIdentity) => ServiceIntent | undefined;
  readonly claims: readonly IPClaim[];
}

/**
 * Who has which address, while one decision is made: the records, and above them what the decision takes. Addresses are
 * only added: what a Service gives up in a decision is free for others once it has been given up in truth.
 */
export class Ledger {
  readonly #index: AllocationIndex;
  readonly #known: Known;
  readonly #taken = new Map<string, Allocation>();
  readonly #takenSets: Readonly<Record<Family, AddressSet>> = { 4: new AddressSet(), 6: new AddressSet() };
  readonly #counts = new Map<string, number>();
  readonly #undo: Undo[] = [];
  readonly #vacant = new Map<string, Allocation>();
  readonly #claims: ReadonlyMap<string, IPClaim>;
  #shared: Map<string, Set<string>> | undefined;

  constructor(index: AllocationIndex, known: Known) {
    this.#index = index;
    this.#known = known;
    this.#claims = new Map(known.claims.map((claim) => [claim.uid, claim]));
  }

  /** How an address stands; undefined if it is free. */
  at(address: IpAddress): Allocation | undefined {
    return this.#byName(allocationName(address));
  }

  /** Records how an address stands from now on. */
  put(allocation: Allocation): void {
    const { name, ip, holders } = allocation;
    const before = this.#byName(name);
    this.#undo.push({ name, before: this.#taken.get(name) });
    this.#taken.set(name, allocation);
    this.#takenSets[ip.family].add(ip.value);
    this.#recount(before, allocation);
    if (this.#shared !== undefined) for (const holder of holders) this.#noteSharer(holder, name);
  }

  /** What {@link rollback} goes back to. */
  mark(): number {
    return this.#undo.length;
  }

  /** Forgets everything that was put since a mark. */
  rollback(mark: number): void {
    while (this.#undo.length > mark) {
      const { name, before } = this.#undo.pop() as Undo;
      const now = this.#taken.get(name) as Allocation;
      if (before === undefined) {
        this.#taken.delete(name);
        this.#takenSets[now.ip.family].delete(now.ip.value);
      } else this.#taken.set(name, before);
      this.#recount(now, this.#byName(name));
    }
  }

  /** Gives an address to a Service, beside those that have it already. */
  take(address: IpAddress, pool: string, service: ObjectIdentity): Allocation {
    const { released: _, ...before } = this.#standing(address, pool);
    const allocation = { ...before, pool, holders: [...before.holders, identityOf(service)] };
    this.put(allocation);
    return allocation;
  }

  /** Notes that an address can be had from its holders, which are gone, though it is not free yet. */
  vacate(record: Allocation): void {
    this.#vacant.set(record.name, record);
    this.put({ ...record, holders: [] });
  }

  /** Whether an address that was vacated was given to another. */
  isTakenAnew({ name }: Allocation): boolean {
    return this.#vacant.has(name) && (this.#taken.get(name)?.holders.length ?? 0) > 0;
  }

  /** Reserves an address for an IPClaim, whoever holds it. */
  reserve(address: IpAddress, pool: string, claim: ObjectIdentity): Allocation {
    const { released: _, ...before } = this.#standing(address, pool);
    const allocation = { ...before, claim: identityOf(claim) };
    this.put(allocation);
    return allocation;
  }

  /**
   * Why a Service cannot share an address with those that were there before it; undefined if it can, or if there are
   * none.
   */
  conflict(service: ServiceIntent, { holders }: Pick<Allocation, "holders">): AddressConflict | undefined {
    for (const holder of holders) {
      if (holder.uid === service.uid) return undefined;
      const conflict = shareConflict(service, this.#known.serviceOf(holder));
      if (conflict !== undefined) return { holder, conflict };
    }
    return undefined;
  }

  /** Whether an address is reserved for others than this Service. */
  isReserved(service: ServiceIntent, { claim }: Pick<Allocation, "claim">): boolean {
    if (claim === undefined) return false;
    const known = this.#claims.get(claim.uid);
    return known === undefined || !isClaimFor(known, service);
  }

  /** Whether a Service that does not hold an address may join those that do. */
  canJoin(service: ServiceIntent, standing: Allocation): boolean {
    const isHolder = standing.holders.some(({ uid }) => uid === service.uid);
    if (standing.holders.length === 0 || isHolder || this.isReserved(service, standing)) return false;
    return this.conflict(service, standing) === undefined;
  }

  /** The addresses of a family that IPClaims reserve for a Service and nobody holds, ascending. */
  reservedFor(service: ServiceIntent, family: Family): Allocation[] {
    return this.#known.claims
      .filter((claim) => isClaimFor(claim, service))
      .flatMap(({ uid }) => this.#index.ofClaim(uid).map(({ name }) => this.#byName(name)))
      .filter((one) => one !== undefined)
      .filter(({ ip, holders }) => ip.family === family && holders.length === 0)
      .sort(byAddress);
  }

  /** The lowest address of a family in a pool that a Service may join others on. */
  lowestShareable(service: ServiceIntent, pool: Pool, family: Family): IpAddress | undefined {
    if (service.sharingKey === "") return undefined;
    return [...(this.#sharedUnder(service.sharingKey) ?? [])]
      .map((name) => this.#byName(name))
      .filter((one) => one !== undefined)
      .filter((one) => one.ip.family === family && poolHas(pool, one.ip) && this.canJoin(service, one))
      .sort(byAddress)[0]?.ip;
  }

  /** Whether nobody has an address, known or unknown. */
  isFree({ family, value }: IpAddress): boolean {
    return !this.#index.taken(family).has(value) && !this.#takenSets[family].has(value);
  }

  /** The lowest free address of a family in a pool. */
  lowestFree(pool: Pool, family: Family): IpAddress | undefined {
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
    const free = this.#takenSets[family].nextAbsent(this.#index.taken(family).nextAbsent(from));
    return pool.avoidBuggyIPs && isBuggy({ family, value: free }) ? free + 1n : free;
  }

  /** The address of a family in a pool that is vacant, or else the one that has cooled down for the longest. */
  longestCooling(pool: Pool, family: Family): IpAddress | undefined {
    let found: Allocation | undefined;
    for (const { name, ip } of this.#vacant.values()) {
      const isVacant = this.#taken.get(name)?.holders.length === 0;
      if (isVacant && ip.family === family && poolHas(pool, ip)) return ip;
    }
    for (const one of this.#coolingIn(pool, family)) {
      if (found === undefined || releasedAt(one) < releasedAt(found)) found = one;
    }
    return found?.ip;
  }

  /** An address of a family in a pool that cools down, and that a Service of this name gave up. */
  formerOf(
    { namespace, name }: Pick<ServiceIntent, "namespace" | "name">,
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
      const now = this.#byName(name);
      if (now?.released !== undefined && ip.family === family && poolHas(pool, ip)) yield now;
    }
  }

  /** Whether the Services and IPClaims of a namespace have as many addresses of a family from a pool as they may. */
  isQuotaUsed({ name, namespaceQuota }: Pool, family: Family, namespace: string): boolean {
    if (namespaceQuota === undefined) return false;
    const key = quotaKey(name, family, namespace);
    return this.#index.countIn(key) + (this.#counts.get(key) ?? 0) >= namespaceQuota;
  }

  // As it is, or as one that is still to be recorded.
  #standing(ip: IpAddress, pool: string): Allocation {
    const name = allocationName(ip);
    return this.#byName(name) ?? { name, uid: "", version: "", ip, address: formatAddress(ip), pool, holders: [] };
  }

  #byName(name: string): Allocation | undefined {
    return this.#taken.get(name) ?? this.#index.get(name);
  }

  #recount(before: Allocation | undefined, after: Allocation | undefined): void {
    const add = (record: Allocation | undefined, by: number) => {
      if (record === undefined) return;
      for (const key of quotaKeys(record)) this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
    };
    add(before, -1);
    add(after, 1);
  }

  // Few Services have a key: looked up when the first of them asks.
  #sharedUnder(key: string): ReadonlySet<string> | undefined {
    if (this.#shared === undefined) {
      this.#shared = new Map();
      for (const service of this.#known.services) {
        if (service.sharingKey === "") continue;
        for (const { name } of this.#index.ofService(service.uid)) this.#noteSharer(service, name);
      }
      for (const { name, holders } of this.#taken.values()) for (const one of holders) this.#noteSharer(one, name);
    }
    return this.#shared.get(key);
  }

  #noteSharer(holder: ObjectIdentity, name: string): void {
    const key = this.#known.serviceOf(holder)?.sharingKey ?? "";
    if (key === "" || this.#shared === undefined) return;
    const names = this.#shared.get(key);
    if (names === undefined) this.#shared.set(key, new Set([name]));
    else names.add(name);
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

function identityOf({ namespace, name, uid }: ObjectIdentity): ObjectIdentity {
  return { namespace, name, uid };
}

function byAddress(a: Allocation, b: Allocation): number {
  return compareAddresses(a.ip, b.ip);
}

function releasedAt({ released }: Allocation): string {
  return released?.at ?? "";
}
