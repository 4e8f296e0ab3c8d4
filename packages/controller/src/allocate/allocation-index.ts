import { allocatedAddress } from "@fairlead/kube";
import type { Allocation, Pool } from "@fairlead/model";
import { AddressSet, countAddresses, type Family } from "@fairlead/net";
import { countBuggy } from "./buggy.ts";

const NONE: readonly Allocation[] = [];

/**
 * Every IPAllocation, by what decisions ask for. Kept up to date record by record, so that a newcomer among thousands
 * costs no more than among a few; it always equals one that was filled anew.
 */
export class AllocationIndex {
  readonly #byName = new Map<string, Allocation | "unreadable">();
  readonly #byService = new Map<string, readonly Allocation[]>();
  readonly #byClaim = new Map<string, readonly Allocation[]>();
  readonly #cooling = new Map<string, Allocation>();
  readonly #taken: Readonly<Record<Family, AddressSet>> = { 4: new AddressSet(), 6: new AddressSet() };
  readonly #coolingSets: Readonly<Record<Family, AddressSet>> = { 4: new AddressSet(), 6: new AddressSet() };
  readonly #counts = new Map<string, number>();

  /**
   * Takes what is known of the IPAllocation of a name.
   *
   * @param record - undefined if there is none; "unreadable" if its address is held by nobody we know.
   */
  set(name: string, record: Allocation | "unreadable" | undefined): void {
    const before = this.#byName.get(name);
    if (before !== undefined) this.#forget(name, before);
    if (record === undefined) return;
    this.#byName.set(name, record);
    const address = record === "unreadable" ? allocatedAddress(name) : record.ip;
    if (address !== undefined) this.#taken[address.family].add(address.value);
    if (record === "unreadable") return;
    for (const { uid } of record.holders) put(this.#byService, uid, record);
    if (record.claim !== undefined) put(this.#byClaim, record.claim.uid, record);
    if (record.released !== undefined) {
      this.#cooling.set(name, record);
      this.#coolingSets[record.ip.family].add(record.ip.value);
    }
    for (const key of quotaKeys(record)) this.#counts.set(key, this.countIn(key) + 1);
  }

  /** The records that can be read. */
  *records(): Generator<Allocation> {
    for (const record of this.#byName.values()) if (record !== "unreadable") yield record;
  }

  /** Names of the records that cannot be read. */
  *unreadable(): Generator<string> {
    for (const [name, record] of this.#byName) if (record === "unreadable") yield name;
  }

  /** The record of a name, if there is one that can be read. */
  get(name: string): Allocation | undefined {
    const record = this.#byName.get(name);
    return record === "unreadable" ? undefined : record;
  }

  /** What a Service holds, by its uid; the same array for as long as nothing of it changes. */
  ofService(uid: string): readonly Allocation[] {
    return this.#byService.get(uid) ?? NONE;
  }

  /** What an IPClaim reserves, by its uid. */
  ofClaim(uid: string): readonly Allocation[] {
    return this.#byClaim.get(uid) ?? NONE;
  }

  /** The records of addresses that cool down. */
  get cooling(): Iterable<Allocation> {
    return this.#cooling.values();
  }

  /** The addresses of a family that have a record; some cool down. */
  taken(family: Family): AddressSet {
    return this.#taken[family];
  }

  /** How many records have a key of {@link quotaKeys}. */
  countIn(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** How many addresses of a family that may be given out from a pool are held or reserved. */
  countHeld(pool: Pool, family: Family): bigint {
    const count = (set: AddressSet) => {
      const ranges = pool.usable.filter((range) => range.family === family).flatMap((range) => set.within(range));
      return countAddresses(ranges) - (pool.avoidBuggyIPs ? countBuggy(ranges) : 0n);
    };
    return count(this.#taken[family]) - count(this.#coolingSets[family]);
  }

  #forget(name: string, record: Allocation | "unreadable"): void {
    this.#byName.delete(name);
    const address = record === "unreadable" ? allocatedAddress(name) : record.ip;
    if (address !== undefined) this.#taken[address.family].delete(address.value);
    if (record === "unreadable") return;
    for (const { uid } of record.holders) drop(this.#byService, uid, record);
    if (record.claim !== undefined) drop(this.#byClaim, record.claim.uid, record);
    if (this.#cooling.delete(name)) this.#coolingSets[record.ip.family].delete(record.ip.value);
    for (const key of quotaKeys(record)) {
      const rest = this.countIn(key) - 1;
      if (rest === 0) this.#counts.delete(key);
      else this.#counts.set(key, rest);
    }
  }
}

/** What a record counts against: a key for each namespace that holds or reserves it, see {@link quotaKey}. */
export function quotaKeys({ pool, ip, holders, claim }: Allocation): string[] {
  const namespaces = [...holders, ...(claim === undefined ? [] : [claim])].map(({ namespace }) => namespace);
  return [...new Set(namespaces)].map((namespace) => quotaKey(pool, ip.family, namespace));
}

/** What one namespace has of one family from one pool. */
export function quotaKey(pool: string, family: Family, namespace: string): string {
  return `${pool}/${family}/${namespace}`;
}

function put(map: Map<string, readonly Allocation[]>, key: string, record: Allocation): void {
  map.set(key, [...(map.get(key) ?? []), record]);
}

function drop(map: Map<string, readonly Allocation[]>, key: string, record: Allocation): void {
  const rest = (map.get(key) ?? []).filter((one) => one !== record);
  if (rest.length === 0) map.delete(key);
  else map.set(key, rest);
}
