import { type KindName, type ObjectRef, objectKey } from "@fairlead/model";
import { formatTime, type Millis, parseTime } from "@fairlead/runtime";
import { mergeStatus } from "../merge-status.ts";
import { type FinalizerChange, type RawObject, type StatusPatch, StoreError } from "../ports.ts";
import { finalizersOf, isGone, withFinalizer } from "./finalizers.ts";
import { refOf } from "./ref-of.ts";

/** What happened to an object, as a watch would tell it. */
export interface MemoryEvent {
  readonly type: "put" | "removed";
  readonly kind: KindName;
  readonly object: RawObject;
}

/** Where no clock is given: creation time of the first object; each later one is a second younger. */
const EPOCH = parseTime("2026-01-01T00:00:00Z");

/** What the API server holds, in memory: any number of {@link MemoryStore}s work on one. Versions grow by one a write. */
export class MemoryCluster {
  readonly #objects = new Map<string, RawObject>();
  readonly #listeners = new Set<(event: MemoryEvent) => void>();
  readonly #now: () => Millis;
  #version = 0;

  /** @param now - milliseconds since 1970: when objects are created and deleted. A second for each write unless told. */
  constructor(now?: () => Millis) {
    this.#now = now ?? (() => EPOCH + this.#version * 1000);
  }

  /**
   * A cluster with these objects as they are, their statuses, uids and times among it; their versions are made anew, and
   * what they lack.
   *
   * @throws StoreError AlreadyExists (two of one name), Invalid (a kind that is not known).
   */
  static of(objects: Iterable<RawObject>, now?: () => Millis): MemoryCluster {
    const cluster = new MemoryCluster(now);
    const all = [...objects];
    // No uid that is made from now on is one of theirs.
    for (const { metadata } of all) {
      const made = /^uid-(\d{1,15})$/.exec(metadata.uid ?? "");
      cluster.#version = Math.max(cluster.#version, Number(made?.[1] ?? 0));
    }
    for (const object of all) cluster.#add(object, object.metadata.uid);
    return cluster;
  }

  /** Another with the same objects, at the same version: what is written to one, the other does not have. */
  copy(now?: () => Millis): MemoryCluster {
    const copy = new MemoryCluster(now);
    for (const [key, object] of this.#objects) copy.#objects.set(key, object);
    copy.#version = this.#version;
    return copy;
  }

  /** The version of the last write. */
  get version(): string {
    return String(this.#version);
  }

  /** Calls `listener` after every write, until the returned function is called. */
  subscribe(listener: (event: MemoryEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Every object of every kind. */
  objects(): RawObject[] {
    return [...this.#objects.values()].map((object) => structuredClone(object));
  }

  /** Every object of a kind. */
  list(kind: KindName): RawObject[] {
    return [...this.#objects].flatMap(([key, object]) => (key.startsWith(`${kind}/`) ? [structuredClone(object)] : []));
  }

  get(ref: ObjectRef): RawObject | undefined {
    const held = this.#objects.get(keyOf(ref));
    return held && structuredClone(held);
  }

  /** @throws StoreError AlreadyExists. */
  create(object: RawObject): RawObject {
    return this.#add(object, undefined);
  }

  /** Replaces all but the status. @throws StoreError NotFound, Conflict (another version). */
  replace(object: RawObject): RawObject {
    const ref = refOf(object);
    const held = this.#held(ref, "replace");
    if (held.metadata.resourceVersion !== object.metadata.resourceVersion) {
      throw refusal("Conflict", "replace", ref, "it was changed meanwhile");
    }
    return this.#put(ref, { ...object, ...(held.status !== undefined && { status: held.status }) });
  }

  /** As {@link replace}, whatever the version, or as {@link create}: what `kubectl apply` does. */
  apply(object: RawObject): RawObject {
    const held = this.get(refOf(object));
    if (held === undefined) return this.create(object);
    return this.replace({ ...object, metadata: { ...held.metadata, ...object.metadata } });
  }

  /** @throws StoreError NotFound, Conflict (another uid, another version). */
  patchStatus(
    ref: ObjectRef,
    uid: string,
    patch: StatusPatch,
    version?: string,
    finalizer?: FinalizerChange,
  ): RawObject {
    const held = this.#held(ref, "patch");
    if (held.metadata.uid !== uid) throw refusal("Conflict", "patch", ref, "it is another object by now");
    if (version !== undefined && held.metadata.resourceVersion !== version) {
      throw refusal("Conflict", "patch", ref, "it was changed meanwhile");
    }
    const metadata = finalizer === undefined ? held.metadata : withFinalizer(held.metadata, finalizer);
    return this.#put(ref, { ...held, metadata, status: mergeStatus(held.status, patch) });
  }

  /** Removes the object with this uid, or with any when none is given; one with finalizers stays until they are gone. */
  delete(ref: ObjectRef, uid?: string, version?: string): void {
    const held = this.#objects.get(keyOf(ref));
    if (held === undefined || (uid !== undefined && held.metadata.uid !== uid)) return;
    if (version !== undefined && held.metadata.resourceVersion !== version) {
      throw refusal("Conflict", "delete", ref, "it was changed meanwhile");
    }
    if (finalizersOf(held.metadata).length > 0) {
      const deletionTimestamp = held.metadata.deletionTimestamp ?? this.#time();
      this.#put(ref, { ...held, metadata: { ...held.metadata, deletionTimestamp } });
      return;
    }
    this.#remove(ref, held);
  }

  #add(object: RawObject, ownUid: string | undefined): RawObject {
    const ref = refOf(object);
    if (this.#objects.has(keyOf(ref))) throw refusal("AlreadyExists", "create", ref, "there is one already");
    const uid = ownUid ?? `uid-${this.#version + 1}`;
    return this.#put(ref, { ...object, metadata: { creationTimestamp: this.#time(), ...object.metadata, uid } });
  }

  // As the API server has times of objects: with whole seconds.
  #time(): string {
    return formatTime(this.#now()).replace(/\.\d+Z$/, "Z");
  }

  #remove(ref: ObjectRef, held: RawObject): void {
    this.#objects.delete(keyOf(ref));
    this.#version += 1;
    this.#tell({ type: "removed", kind: ref.kind, object: held });
  }

  #held(ref: ObjectRef, verb: string): RawObject {
    const held = this.#objects.get(keyOf(ref));
    if (held === undefined) throw refusal("NotFound", verb, ref, "not found");
    return held;
  }

  #put(ref: ObjectRef, object: RawObject): RawObject {
    this.#version += 1;
    const stored = structuredClone({ ...object, metadata: { ...object.metadata, resourceVersion: this.version } });
    if (isGone(stored)) {
      this.#remove(ref, stored);
      return structuredClone(stored);
    }
    this.#objects.set(keyOf(ref), stored);
    this.#tell({ type: "put", kind: ref.kind, object: stored });
    return structuredClone(stored);
  }

  #tell(event: MemoryEvent): void {
    for (const listener of this.#listeners) listener(structuredClone(event));
  }
}

function keyOf(ref: ObjectRef): string {
  return `${ref.kind}/${objectKey(ref)}`;
}

function refusal(reason: "AlreadyExists" | "NotFound" | "Conflict", verb: string, ref: ObjectRef, why: string) {
  return new StoreError(reason, `Cannot ${verb} ${ref.kind} ${objectKey(ref)}: ${why}`);
}
