import { type KindName, type ObjectRef, objectKey, type Permission } from "@fairlead/model";
import type { FinalizerChange, ObjectSink, RawObject, StatusPatch, Store, StoreError } from "../ports.ts";
import { isGone, MemoryCluster, type MemoryEvent, refOf } from "./memory-cluster.ts";

/** One request to a {@link MemoryStore}. */
export interface StoreCall {
  readonly verb: "get" | "create" | "replace" | "patchStatus" | "delete";
  readonly ref: ObjectRef;
}

/** Says which requests fail, by returning the error. */
export type Fault = (call: StoreCall) => StoreError | undefined;

/** A store over a {@link MemoryCluster}, with faults on request and events that come when the test wants. */
export class MemoryStore implements Store {
  readonly cluster: MemoryCluster;
  /** Fails a request before it is done. */
  failBefore: Fault = () => undefined;
  /** Fails a request that was done: the answer is lost. */
  failAfter: Fault = () => undefined;
  /** What it says to {@link refused}. */
  refuses: (permission: Permission) => boolean = () => false;
  /** Holds back what others do, until {@link deliver}. */
  holdEvents = false;
  #pending: MemoryEvent[] = [];
  #cache: ObjectSink | undefined;
  #kinds: readonly KindName[] = [];
  #unsubscribe: () => void = () => {};

  constructor(cluster = new MemoryCluster()) {
    this.cluster = cluster;
  }

  watch(kinds: readonly KindName[], cache: ObjectSink): void {
    this.#cache = cache;
    this.#kinds = kinds;
    for (const kind of kinds) cache.replaceAll(kind, this.cluster.list(kind), this.cluster.version);
    this.#unsubscribe = this.cluster.subscribe((event) => {
      this.#pending.push(event);
      if (!this.holdEvents) this.deliver();
    });
  }

  /** Events that were held back. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Puts the oldest events that were held back into the cache: all of them, unless told how many. */
  deliver(count = this.#pending.length): void {
    for (const event of this.#pending.splice(0, count)) this.#take(event);
  }

  /** As {@link deliver}, all of one kind: each has a watch of its own, and one may be ahead of another. */
  deliverKind(kind: KindName): void {
    const own = this.#pending.filter((event) => event.kind === kind);
    this.#pending = this.#pending.filter((event) => event.kind !== kind);
    for (const event of own) this.#take(event);
  }

  #take({ type, kind, object }: MemoryEvent): void {
    if (!this.#kinds.includes(kind)) return;
    if (type === "put") this.#cache?.put(kind, object);
    else this.#cache?.remove(kind, objectKey(object.metadata), object.metadata.uid ?? "");
  }

  async get(ref: ObjectRef): Promise<RawObject | undefined> {
    return this.#do({ verb: "get", ref }, () => this.cluster.get(ref));
  }

  async create(object: RawObject): Promise<RawObject> {
    return this.#write({ verb: "create", ref: refOf(object) }, () => this.cluster.create(object));
  }

  async replace(object: RawObject): Promise<RawObject> {
    return this.#write({ verb: "replace", ref: refOf(object) }, () => this.cluster.replace(object));
  }

  async patchStatus(
    ref: ObjectRef,
    uid: string,
    patch: StatusPatch,
    version?: string,
    finalizer?: FinalizerChange,
  ): Promise<RawObject> {
    return this.#write({ verb: "patchStatus", ref }, () =>
      this.cluster.patchStatus(ref, uid, patch, version, finalizer),
    );
  }

  async delete(ref: ObjectRef, uid: string, version?: string): Promise<void> {
    await this.#do({ verb: "delete", ref }, () => this.cluster.delete(ref, uid, version));
    this.#cache?.remove(ref.kind, objectKey(ref), uid);
  }

  async refused(permissions: readonly Permission[]): Promise<readonly Permission[]> {
    return permissions.filter(this.refuses);
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
  }

  async #write(call: StoreCall, action: () => RawObject): Promise<RawObject> {
    const written = await this.#do(call, action);
    const { uid = "" } = written.metadata;
    if (isGone(written)) this.#cache?.remove(call.ref.kind, objectKey(written.metadata), uid);
    else this.#cache?.put(call.ref.kind, written);
    return written;
  }

  async #do<T>(call: StoreCall, action: () => T): Promise<T> {
    // As over a network, others may act between the request and what it does.
    await Promise.resolve();
    const before = this.failBefore(call);
    if (before !== undefined) throw before;
    const result = action();
    await Promise.resolve();
    const after = this.failAfter(call);
    if (after !== undefined) throw after;
    return result;
  }
}
