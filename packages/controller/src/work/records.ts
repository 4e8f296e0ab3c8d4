import {
  type AllocationHold,
  type AllocationSpec,
  API_GROUP,
  API_VERSION,
  allocationSpec,
  type RawObject,
  readHold,
  type Store,
  StoreError,
} from "@fairlead/kube";
import type { Allocation, ObjectIdentity } from "@fairlead/model";
import { Turns } from "@fairlead/runtime";
import type { KeepPlan } from "../plan/keeping.ts";

/**
 * Changes IPAllocations: what a plan says of an address becomes true in the store only if what the plan was made on still
 * is. A record is created and deleted whole where it has one holder; others come and go by a replacement at the version
 * that was read, in turn for each record.
 */
export class Records {
  readonly #store: Store;
  readonly #turns = new Turns();

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Makes a Service a holder of an address.
   *
   * @param standing - the address once it is taken: with these other holders, and this reservation, it may be.
   * @throws StoreError AlreadyExists or Conflict if another, unknown to the plan, was first.
   */
  async take(standing: Allocation, service: ObjectIdentity): Promise<void> {
    const fresh = { ...standing, holders: [service] };
    if (standing.holders.length === 1) return standing.uid === "" ? this.#create(fresh) : this.#replace(standing);
    await this.#edit(standing, fresh, (now) => {
      if (has(now.holders, service)) return now;
      expectKnown(now, standing);
      const { released: _, ...rest } = now;
      return { ...rest, pool: now.holders.length > 0 ? now.pool : standing.pool, holders: [...now.holders, service] };
    });
  }

  /**
   * Reserves an address for an IPClaim.
   *
   * @param standing - the address once it is reserved.
   * @throws StoreError AlreadyExists or Conflict if another, unknown to the plan, was first.
   */
  async reserve(standing: Allocation, claim: ObjectIdentity): Promise<void> {
    if (standing.uid === "") return this.#create({ ...standing, holders: [] });
    await this.#edit(standing, { ...standing, holders: [] }, (now) => {
      if (now.claim?.uid === claim.uid) return now;
      expectKnown({ ...now, claim }, standing);
      const { released: _, ...rest } = now;
      return { ...rest, claim };
    });
  }

  /**
   * Ends the hold of a Service on an address; it stays reserved, or cools down, or is free.
   *
   * @param at - RFC 3339: since when it cools down; undefined if it does not.
   * @throws StoreError Conflict if somebody joined meanwhile.
   */
  async release(record: Allocation, service: ObjectIdentity, at: string | undefined): Promise<void> {
    const alone = record.holders.length < 2 && record.claim === undefined && at === undefined;
    if (alone) return this.#delete(record);
    await this.#edit(record, undefined, (now) => without(now, [service], false, at));
  }

  /**
   * Brings a record in order whose holders or reservation are gone, or that has cooled down.
   *
   * @param at - RFC 3339, as in {@link release}.
   */
  async keep({ record, leave, unreserve, coolDown, expired }: KeepPlan, at: string): Promise<void> {
    const rest = record.holders.length - leave.length;
    const plain = rest === 0 && (record.claim === undefined || unreserve);
    if (expired || (plain && (leave.length === 0 || !coolDown))) return this.#delete(record);
    await this.#edit(record, undefined, (now) => without(now, leave, unreserve, coolDown ? at : undefined));
  }

  async #create(hold: AllocationHold & Pick<Allocation, "name">): Promise<void> {
    await this.#store.create({
      apiVersion: `${API_GROUP}/${API_VERSION}`,
      kind: "IPAllocation",
      metadata: { name: hold.name },
      spec: allocationSpec(hold),
    });
  }

  // At the version that was decided on: nobody came or went since.
  async #replace(standing: Allocation): Promise<void> {
    const { name, uid, version: resourceVersion } = standing;
    await this.#store.replace({
      apiVersion: `${API_GROUP}/${API_VERSION}`,
      kind: "IPAllocation",
      metadata: { name, uid, resourceVersion },
      spec: allocationSpec(standing),
    });
  }

  async #delete({ name, uid, version }: Allocation): Promise<void> {
    await this.#store.delete({ kind: "IPAllocation", name }, uid, version);
  }

  /** @param fresh - what to create if there is no record; undefined if nothing is to be done then. */
  async #edit(
    { name, uid }: Allocation,
    fresh: AllocationHold | undefined,
    change: (now: AllocationHold) => AllocationHold | undefined,
  ): Promise<void> {
    await this.#turns.run(async () => {
      const object = await this.#store.get({ kind: "IPAllocation", name });
      if (object === undefined) return fresh && this.#create({ ...fresh, name });
      if (fresh === undefined && object.metadata.uid !== uid) return;
      const now = holdOf(object);
      const after = change(now);
      if (after === now) return;
      if (after !== undefined) await this.#store.replace({ ...object, spec: allocationSpec(after) });
      else {
        const { uid: held = "", resourceVersion } = object.metadata;
        await this.#store.delete({ kind: "IPAllocation", name }, held, resourceVersion);
      }
    }, name);
  }
}

// Whoever holds it must be one that the plan knew: any of these may hold it together.
function expectKnown(now: AllocationHold, standing: Allocation): void {
  const known = now.holders.every((holder) => has(standing.holders, holder));
  if (known && now.claim?.uid === standing.claim?.uid) return;
  throw new StoreError("Conflict", `Cannot take ${standing.address}: another has it by now`);
}

function without(
  { released: _, claim, ...now }: AllocationHold,
  leave: readonly ObjectIdentity[],
  unreserve: boolean,
  at: string | undefined,
): AllocationHold | undefined {
  const holders = now.holders.filter((holder) => !has(leave, holder));
  const kept = unreserve ? undefined : claim;
  const [last] = leave;
  if (holders.length > 0 || kept !== undefined) return { ...now, holders, ...(kept && { claim: kept }) };
  return at === undefined || last === undefined ? undefined : { ...now, holders, released: { by: last, at } };
}

function has(list: readonly ObjectIdentity[], { uid }: ObjectIdentity): boolean {
  return list.some((one) => one.uid === uid);
}

function holdOf({ spec }: RawObject): AllocationHold {
  const read = spec as AllocationSpec;
  const { address, pool, claimRef } = read;
  return { address, pool, ...readHold(read), ...(claimRef !== undefined && { claim: claimRef }) };
}
