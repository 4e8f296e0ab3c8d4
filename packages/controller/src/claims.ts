import { API_GROUP, API_VERSION, type RawObject, type Store, StoreError } from "@fairlead/kube";
import type { Allocation, ServiceIdentity } from "@fairlead/model";
import type { Ledger } from "./allocate/ledger.ts";

interface RecordSpec {
  readonly address: string;
  readonly pool: string;
  readonly serviceRef: ServiceIdentity;
  readonly sharers?: readonly ServiceIdentity[];
}

/**
 * Claims and frees addresses for one plan. A sole holder's record is created and deleted; sharers come and go by a
 * replacement at the version that was read, in turn for each record, so that those of one plan do not overtake each other.
 */
export class Claims {
  readonly #store: Store;
  readonly #ledger: Ledger;
  readonly #turns = new Map<string, Promise<void>>();

  /** @param ledger - of the plan: who may hold what together. */
  constructor(store: Store, ledger: Ledger) {
    this.#store = store;
    this.#ledger = ledger;
  }

  /** @throws StoreError AlreadyExists or Conflict if another, unknown to the plan, was first. */
  async claim(claim: Allocation): Promise<void> {
    const known = new Set(this.#ledger.holders(claim.address).map(({ service }) => service.uid));
    if (known.size < 2) await this.#create(claim);
    else await this.#inTurn(claim.name, () => this.#join(claim, known));
  }

  /** @throws StoreError Conflict if somebody joined meanwhile. */
  async release(allocation: Allocation): Promise<void> {
    const ref = { kind: "IPAllocation", name: allocation.name } as const;
    if (this.#ledger.holders(allocation.address).length < 2) {
      await this.#store.delete(ref, allocation.uid, allocation.version);
    } else await this.#inTurn(allocation.name, () => this.#leave(allocation));
  }

  async #create({ name, address, pool, service }: Allocation): Promise<void> {
    const spec: RecordSpec = { address, pool, serviceRef: service };
    await this.#store.create({
      apiVersion: `${API_GROUP}/${API_VERSION}`,
      kind: "IPAllocation",
      metadata: { name },
      spec,
    });
  }

  // Whoever holds it must be one that the plan knew: any of these may hold it together.
  async #join(claim: Allocation, known: ReadonlySet<string>): Promise<void> {
    const record = await this.#store.get({ kind: "IPAllocation", name: claim.name });
    if (record === undefined) return this.#create(claim);
    const holders = holdersOf(record);
    if (holders.some(({ uid }) => uid === claim.service.uid)) return;
    if (!holders.every(({ uid }) => known.has(uid))) {
      throw new StoreError("Conflict", `Cannot share ${claim.address}: another Service has it by now`);
    }
    await this.#replace(record, [...holders, claim.service]);
  }

  async #leave({ name, uid, service }: Allocation): Promise<void> {
    const ref = { kind: "IPAllocation", name } as const;
    const record = await this.#store.get(ref);
    if (record?.metadata.uid !== uid) return;
    const rest = holdersOf(record).filter((holder) => holder.uid !== service.uid);
    if (rest.length === 0) await this.#store.delete(ref, uid, record.metadata.resourceVersion);
    else await this.#replace(record, rest);
  }

  async #replace(record: RawObject, holders: readonly ServiceIdentity[]): Promise<void> {
    const { address, pool, serviceRef } = record.spec as RecordSpec;
    const [first = serviceRef, ...sharers] = holders;
    const spec: RecordSpec = { address, pool, serviceRef: first, ...(sharers.length > 0 && { sharers }) };
    await this.#store.replace({ ...record, spec });
  }

  async #inTurn(name: string, action: () => Promise<void>): Promise<void> {
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(action, action);
    this.#turns.set(name, turn);
    await turn;
  }
}

function holdersOf({ spec }: RawObject): ServiceIdentity[] {
  const { serviceRef, sharers = [] } = spec as RecordSpec;
  return [serviceRef, ...sharers];
}
