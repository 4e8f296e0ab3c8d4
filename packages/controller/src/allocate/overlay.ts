import { allocationName } from "@fairlead/kube";
import type { Allocation } from "@fairlead/model";
import { AddressSet, type Family, type IpAddress } from "@fairlead/net";
import { type AllocationIndex, quotaKeys } from "./allocation-index.ts";

interface Undo {
  readonly name: string;
  readonly before: Allocation | undefined;
}

/** How addresses stand while one decision is made: as the records say, and above them what was put since. */
export class Overlay {
  readonly #index: AllocationIndex;
  readonly #put = new Map<string, Allocation>();
  readonly #sets: Readonly<Record<Family, AddressSet>> = { 4: new AddressSet(), 6: new AddressSet() };
  readonly #counts = new Map<string, number>();
  readonly #undo: Undo[] = [];

  constructor(index: AllocationIndex) {
    this.#index = index;
  }

  /** How an address stands; undefined if nothing is known of it. */
  at(address: IpAddress): Allocation | undefined {
    return this.byName(allocationName(address));
  }

  /** The same, by the name of its record. */
  byName(name: string): Allocation | undefined {
    return this.#put.get(name) ?? this.#index.get(name);
  }

  /** What was put, last of each. */
  get changes(): ReadonlyMap<string, Allocation> {
    return this.#put;
  }

  /** Records how an address stands from now on. */
  put(allocation: Allocation): void {
    const { name, ip } = allocation;
    const before = this.byName(name);
    this.#undo.push({ name, before: this.#put.get(name) });
    this.#put.set(name, allocation);
    this.#sets[ip.family].add(ip.value);
    this.#recount(before, allocation);
  }

  /** What {@link rollback} goes back to. */
  mark(): number {
    return this.#undo.length;
  }

  /** Forgets everything that was put since a mark. */
  rollback(mark: number): void {
    while (this.#undo.length > mark) {
      const { name, before } = this.#undo.pop() as Undo;
      const now = this.#put.get(name) as Allocation;
      if (before === undefined) {
        this.#put.delete(name);
        this.#sets[now.ip.family].delete(now.ip.value);
      } else this.#put.set(name, before);
      this.#recount(now, this.byName(name));
    }
  }

  /** Whether nobody has an address, known or unknown. */
  isFree({ family, value }: IpAddress): boolean {
    return !this.#index.taken(family).has(value) && !this.#sets[family].has(value);
  }

  /** The first address from this one on that nobody has, as a value of its family. */
  nextFree(family: Family, from: bigint): bigint {
    return this.#sets[family].nextAbsent(this.#index.taken(family).nextAbsent(from));
  }

  /** How many addresses count under a {@link quotaKeys} key. */
  count(key: string): number {
    return this.#index.countIn(key) + (this.#counts.get(key) ?? 0);
  }

  #recount(before: Allocation | undefined, after: Allocation | undefined): void {
    const add = (record: Allocation | undefined, by: number) => {
      if (record === undefined) return;
      for (const key of quotaKeys(record)) this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
    };
    add(before, -1);
    add(after, 1);
  }
}
