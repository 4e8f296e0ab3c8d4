import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type KindName, type ObjectRef, objectKey, type Permission } from "@fairlead/model";
import { type Clock, type Log, Queue } from "@fairlead/runtime";
import { stringify } from "yaml";
import { kindOf } from "../kinds.ts";
import { mergeStatus } from "../merge-status.ts";
import {
  type FinalizerChange,
  type ObjectSink,
  type RawObject,
  type StatusPatch,
  type Store,
  StoreError,
  type WatchedKind,
} from "../ports.ts";
import { scopedSink, scopesOf } from "../watch-scope.ts";
import { createAtomically, withLock, writeAtomically } from "./files.ts";
import { FolderFiles, type LoadedObject } from "./folder-files.ts";
import { describe } from "./folder-objects.ts";
import { canonicalPath, statusPath } from "./folder-path.ts";
import { watchForChanges } from "./folder-scan.ts";

/** Changes are seen at once through the kernel; a scan this often also serves file systems that do not tell. */
const RESCAN_MILLIS = 2_000;

/** What a {@link FolderStore} needs. */
export interface FolderStoreOptions {
  /** The folder; it must exist. */
  readonly root: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * A folder of YAML manifests as a store. Manifests lie anywhere in it, as `kubectl apply -R -f` takes them. Fairlead
 * never changes them: what it creates goes to PLURAL/[NAMESPACE/]NAME.yaml, statuses to the same path under status/.
 */
export class FolderStore implements Store {
  readonly #root: string;
  readonly #files: FolderFiles;
  readonly #log: Log;
  readonly #queue: Queue;
  #kinds: readonly KindName[] = [];
  #cache: ObjectSink | undefined;
  #unwatch: () => void = () => {};

  constructor({ root, clock, log }: FolderStoreOptions) {
    this.#root = root;
    this.#files = new FolderFiles(root);
    this.#log = log;
    this.#queue = new Queue(
      () => this.#scan(),
      (error, retryInMillis) => log.warn({ err: String(error), retryInMillis }, "cannot scan the folder; trying again"),
      clock,
      { settle: 5, atLeastEvery: RESCAN_MILLIS, retry: { first: 100, most: RESCAN_MILLIS } },
    );
  }

  watch(kinds: readonly WatchedKind[], cache: ObjectSink): void {
    const scopes = scopesOf(kinds);
    this.#kinds = scopes.map(({ kind }) => kind);
    this.#cache = scopedSink(cache, scopes);
    this.#unwatch = watchForChanges(this.#root, () => this.#queue.request());
    this.#queue.request();
  }

  async get(ref: ObjectRef): Promise<RawObject | undefined> {
    return (await this.#files.load(ref))?.object;
  }

  async create(object: RawObject): Promise<RawObject> {
    const ref = this.#refOf(object);
    const { uid = randomUUID(), creationTimestamp = new Date().toISOString() } = object.metadata;
    const stored = { ...object, metadata: { ...object.metadata, creationTimestamp, uid } };
    const taken = await this.#files.isElsewhere(ref);
    if (taken || !(await createAtomically(this.#path(canonicalPath(ref)), stringify(stored)))) {
      throw new StoreError("AlreadyExists", `Cannot create ${describe(ref)}: there is one already`);
    }
    return this.#written(ref);
  }

  async replace(object: RawObject): Promise<RawObject> {
    const ref = this.#refOf(object);
    const path = this.#path(canonicalPath(ref));
    return withLock(path, async () => {
      const held = await this.#files.load(ref);
      if (held === undefined) throw new StoreError("NotFound", `Cannot replace ${describe(ref)}: not found`);
      this.#expectOwn(held, ref, "replace");
      if (held.object.metadata.resourceVersion !== object.metadata.resourceVersion) {
        throw new StoreError("Conflict", `Cannot replace ${describe(ref)}: it was changed meanwhile`);
      }
      await writeAtomically(path, stringify({ ...object, status: held.object.status }));
      return this.#written(ref);
    });
  }

  async patchStatus(
    ref: ObjectRef,
    uid: string,
    patch: StatusPatch,
    version?: string,
    finalizer?: FinalizerChange,
  ): Promise<RawObject> {
    if (finalizer !== undefined) {
      throw new StoreError("Invalid", `Cannot change finalizers of ${describe(ref)}: a manifest must stay as it is`);
    }
    const path = this.#path(statusPath(ref));
    return withLock(path, async () => {
      const held = (await this.#files.load(ref))?.object;
      if (held === undefined) throw new StoreError("NotFound", `Cannot patch ${describe(ref)}: not found`);
      if (held.metadata.uid !== uid) {
        throw new StoreError("Conflict", `Cannot patch ${describe(ref)}: it is another object by now`);
      }
      if (version !== undefined && held.metadata.resourceVersion !== version) {
        throw new StoreError("Conflict", `Cannot patch ${describe(ref)}: it was changed meanwhile`);
      }
      const { apiVersion, kind } = held;
      const namespace = ref.namespace === undefined ? {} : { namespace: ref.namespace };
      const metadata = { ...namespace, name: ref.name, uid };
      await writeAtomically(path, stringify({ apiVersion, kind, metadata, status: mergeStatus(held.status, patch) }));
      return this.#written(ref);
    });
  }

  async delete(ref: ObjectRef, uid: string, version?: string): Promise<void> {
    const path = this.#path(canonicalPath(ref));
    await withLock(path, async () => {
      const held = await this.#files.load(ref);
      if (held !== undefined && held.object.metadata.uid !== uid) return;
      if (held !== undefined && version !== undefined && held.object.metadata.resourceVersion !== version) {
        throw new StoreError("Conflict", `Cannot delete ${describe(ref)}: it was changed meanwhile`);
      }
      if (held !== undefined) this.#expectOwn(held, ref, "delete");
      await rm(path, { force: true });
      await rm(this.#path(statusPath(ref)), { force: true });
    });
    this.#cache?.remove(ref.kind, objectKey(ref), uid);
  }

  // Files have no roles.
  async refused(): Promise<readonly Permission[]> {
    return [];
  }

  async stop(): Promise<void> {
    this.#unwatch();
    await this.#queue.stop();
  }

  async #scan(): Promise<void> {
    const { version, changed, errors } = await this.#files.scan();
    for (const { file, error } of errors) this.#log.warn({ file }, error);
    if (!changed && this.#cache?.synced(this.#kinds)) return;
    const objects = this.#files.objects();
    for (const kind of this.#kinds) this.#cache?.replaceAll(kind, [...(objects.get(kind)?.values() ?? [])], version);
  }

  async #written(ref: ObjectRef): Promise<RawObject> {
    const written = (await this.#files.load(ref))?.object;
    if (written === undefined) throw new StoreError("NotFound", `Cannot read ${describe(ref)} again: it is gone`);
    this.#cache?.put(ref.kind, written);
    return written;
  }

  #expectOwn({ path }: LoadedObject, ref: ObjectRef, verb: string): void {
    if (path === canonicalPath(ref)) return;
    throw new StoreError("Forbidden", `Cannot ${verb} ${describe(ref)}: it must be Fairlead's own, but is in ${path}`);
  }

  #refOf(object: RawObject): ObjectRef {
    const kind = kindOf(object.apiVersion, object.kind);
    if (kind === undefined) throw new StoreError("Invalid", `Cannot store ${object.kind}: not a kind of Fairlead's`);
    const { name, namespace } = object.metadata;
    return { kind, ...(namespace !== undefined && { namespace }), name };
  }

  #path(path: string): string {
    return join(this.#root, path);
  }
}
