import type { KindName, Permission } from "@fairlead/model";
import type { MemoryEvent } from "../memory/memory-cluster.ts";
import { MemoryStore, type StoreCall } from "../memory/memory-store.ts";
import type { StoreError } from "../ports.ts";

/** Says which requests fail, by returning the error. */
export type Fault = (call: StoreCall) => StoreError | undefined;

/** A {@link MemoryStore} with faults on request, and with events that come when the test wants. */
export class FaultyStore extends MemoryStore {
  /** Fails a request before it is done. */
  failBefore: Fault = () => undefined;
  /** Fails a request that was done: the answer is lost. */
  failAfter: Fault = () => undefined;
  /** What it says to {@link refused}. */
  refuses: (permission: Permission) => boolean = () => false;
  /** Holds back what others do, until {@link deliver}. */
  holdEvents = false;
  #pending: MemoryEvent[] = [];

  /** Events that were held back. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Puts the oldest events that were held back into the cache: all of them, unless told how many. */
  deliver(count = this.#pending.length): void {
    for (const event of this.#pending.splice(0, count)) super.hear(event);
  }

  /** As {@link deliver}, all of one kind: each has a watch of its own, and one may be ahead of another. */
  deliverKind(kind: KindName): void {
    const own = this.#pending.filter((event) => event.kind === kind);
    this.#pending = this.#pending.filter((event) => event.kind !== kind);
    for (const event of own) super.hear(event);
  }

  override async refused(permissions: readonly Permission[]): Promise<readonly Permission[]> {
    return permissions.filter(this.refuses);
  }

  protected override hear(event: MemoryEvent): void {
    this.#pending.push(event);
    if (!this.holdEvents) this.deliver();
  }

  protected override before(call: StoreCall): void {
    const error = this.failBefore(call);
    if (error !== undefined) throw error;
  }

  protected override after(call: StoreCall): void {
    const error = this.failAfter(call);
    if (error !== undefined) throw error;
  }
}
