import { type KindName, type ObjectRef, objectKey, type Permission } from "@fairlead/model";
import type { FinalizerChange, ObjectSink, RawObject, StatusPatch, Store, WatchedKind } from "../ports.ts";
import { scopedSink, scopesOf } from "../watch-scope.ts";
import { isGone } from "./finalizers.ts";
import { MemoryCluster, type MemoryEvent } from "./memory-cluster.ts";
import { refOf } from "./ref-of.ts";

/** One request to a {@link MemoryStore}. */
export interface StoreCall {
  readonly verb: "get" | "create" | "replace" | "patchStatus" | "delete";
  readonly ref: ObjectRef;
}

/** A store over a {@link MemoryCluster}: it refuses nothing, and hears of what others do at once. */
export class MemoryStore implements Store {
  readonly cluster: MemoryCluster;
  #cache: ObjectSink | undefined;
  #kinds: readonly KindName[] = [];
  #unsubscribe: () => void = () => {};

  constructor(cluster = new MemoryCluster()) {
    this.cluster = cluster;
  }

  watch(watched: readonly WatchedKind[], cache: ObjectSink): void {
    const scopes = scopesOf(watched);
    const sink = scopedSink(cache, scopes);
    this.#cache = sink;
    this.#kinds = scopes.map(({ kind }) => kind);
    for (const kind of this.#kinds) sink.replaceAll(kind, this.cluster.list(kind), this.cluster.version);
    this.#unsubscribe = this.cluster.subscribe((event) => this.hear(event));
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

  async refused(_permissions: readonly Permission[]): Promise<readonly Permission[]> {
    return [];
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
  }

  /** Takes what a watch tells. */
  protected hear({ type, kind, object }: MemoryEvent): void {
    if (!this.#kinds.includes(kind)) return;
    if (type === "put") this.#cache?.put(kind, object);
    else this.#cache?.remove(kind, objectKey(object.metadata), object.metadata.uid ?? "");
  }

  /** Called before a request is done, which fails with what this throws. */
  protected before(_call: StoreCall): void {}

  /** Called once a request is done, before its answer is taken; it fails all the same with what this throws. */
  protected after(_call: StoreCall): void {}

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
    this.before(call);
    const result = action();
    await Promise.resolve();
    this.after(call);
    return result;
  }
}
