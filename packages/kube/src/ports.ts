import type { KindName, ObjectRef, Permission } from "@fairlead/model";

/** An object as the API server, or a YAML file, has it. */
export interface RawObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** Why a store did not do what it was asked. */
export type StoreErrorReason =
  | "AlreadyExists"
  | "NotFound"
  | "Conflict"
  | "Forbidden"
  | "Unauthorized"
  | "NoCredentials"
  | "Expired"
  | "Invalid"
  | "Unavailable";

/** Thrown by every store, and nothing else is. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly reason: StoreErrorReason;

  constructor(reason: StoreErrorReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** A merge patch (RFC 7386) of a status: null removes. `conditions` are merged by their type. */
export type StatusPatch = Readonly<Record<string, unknown>>;

/** A change of metadata.finalizers, beside a status and in the same write. */
export interface FinalizerChange {
  readonly name: string;
  /** Whether it is to be there. */
  readonly present: boolean;
}

/** What a store fills. An ObjectCache is one. */
export interface ObjectSink {
  /** Whether each kind has been listed at least once. */
  synced(kinds: readonly KindName[]): boolean;
  /** Takes a complete list, made at `listVersion`. */
  replaceAll(kind: KindName, objects: readonly RawObject[], listVersion: string): void;
  /** Takes a complete list part by part. Nothing changes before it has ended. */
  list(kind: KindName): ObjectList;
  /** Takes one new or changed object. */
  put(kind: KindName, object: RawObject): void;
  /** Forgets the object of this key and uid. */
  remove(kind: KindName, key: string, uid: string): void;
  /** Notes that the kind cannot be listed for now. What is held of it stays. */
  failed(kind: KindName, error: unknown): void;
}

/** A list that is being taken. */
export interface ObjectList {
  /** Takes some of its objects, and keeps no more of them than is needed. */
  add(objects: readonly RawObject[]): void;
  /** Takes it as complete, made at `listVersion`. */
  end(listVersion: string): void;
}

/** Objects of a kind to watch, and no others: what a process need not know, it is not told. */
export interface WatchScope {
  readonly kind: KindName;
  /** Those of this namespace; of all unless told. */
  readonly namespace?: string;
  /** The one of this name (field selector `metadata.name`); any unless told. */
  readonly name?: string;
  /** Those that have all of these labels (label selector); any unless told. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A kind to watch: all of its objects, or those in a scope. */
export type WatchedKind = KindName | WatchScope;

/**
 * Where desired state comes from and statuses go: the Kubernetes API, or a folder of manifests. Every method that
 * writes puts what the store answered into the cache that is being filled, so that a decision sees its own writes.
 */
export interface Store {
  /**
   * Lists and watches `kinds` into `cache` until stop(), each in its scope. Never gives up: whatever interrupts it is logged and tried
   * again with back-off; meanwhile the cache keeps what it had.
   */
  watch(kinds: readonly WatchedKind[], cache: ObjectSink): void;
  /** Reads one object past the cache. */
  get(ref: ObjectRef): Promise<RawObject | undefined>;
  /** @throws StoreError AlreadyExists if there is one of that name. */
  create(object: RawObject): Promise<RawObject>;
  /** Replaces an object if it is still at metadata.resourceVersion. @throws StoreError Conflict, NotFound. */
  replace(object: RawObject): Promise<RawObject>;
  /**
   * Changes the status of the object with this uid.
   *
   * @param version - resourceVersion that the change was decided on: it is refused if the object has changed since.
   * @param finalizer - what else to change, of a built-in kind: the API allows that to whoever may write the status.
   * @throws StoreError NotFound, Conflict (another uid, another version); Invalid if this store has no finalizers.
   */
  patchStatus(
    ref: ObjectRef,
    uid: string,
    patch: StatusPatch,
    version?: string,
    finalizer?: FinalizerChange,
  ): Promise<RawObject>;
  /**
   * Removes the object with this uid. An absent one, or one of another uid, is left alone: not an error.
   *
   * @param version - resourceVersion that the removal was decided on.
   * @throws StoreError Conflict if a version is given, and the object has another.
   */
  delete(ref: ObjectRef, uid: string, version?: string): Promise<void>;
  /**
   * Those of `permissions` that the store would refuse.
   *
   * @throws StoreError when that can't be said; Forbidden where nobody may ask.
   */
  refused(permissions: readonly Permission[]): Promise<readonly Permission[]>;
  /** Ends all watches and requests under way. */
  stop(): Promise<void>;
}
