import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type KindName, type ObjectRef, objectKey } from "@fairlead/model";
import { type Clock, type Log, Queue } from "@fairlead/runtime";
import { parse, stringify } from "yaml";
import type { ObjectCache } from "../cache.ts";
import { KINDS, kindOf } from "../kinds.ts";
import { mergeStatus } from "../merge-status.ts";
import { type RawObject, type StatusPatch, type Store, StoreError } from "../ports.ts";
import { createAtomically, hasCode, withLock, writeAtomically } from "./files.ts";
import { fileVersion, folderUid, type ScannedFile, STATUS_FOLDER, scanFolder, watchForChanges } from "./folder-scan.ts";

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
  readonly #log: Log;
  readonly #queue: Queue;
  #files: ReadonlyMap<string, ScannedFile> = new Map();
  #kinds: readonly KindName[] = [];
  #cache: ObjectCache | undefined;
  #unwatch: () => void = () => {};

  constructor({ root, clock, log }: FolderStoreOptions) {
    this.#root = root;
    this.#log = log;
    this.#queue = new Queue(
      () => this.#scan(),
      (error, retryInMillis) => log.warn({ err: String(error), retryInMillis }, "cannot scan the folder; trying again"),
      clock,
      { settle: 5, atLeastEvery: RESCAN_MILLIS, retry: { first: 100, most: RESCAN_MILLIS } },
    );
  }

  watch(kinds: readonly KindName[], cache: ObjectCache): void {
    this.#kinds = kinds;
    this.#cache = cache;
    this.#unwatch = watchForChanges(this.#root, () => this.#queue.request());
    this.#queue.request();
  }

  async get(ref: ObjectRef): Promise<RawObject | undefined> {
    return this.#read(this.#path(ref));
  }

  async create(object: RawObject): Promise<RawObject> {
    const { ref, path } = this.#locate(object);
    const uid = object.metadata.uid ?? folderUid(ref.kind, objectKey(ref));
    const creationTimestamp = new Date().toISOString();
    const stored = { ...object, metadata: { creationTimestamp, ...object.metadata, uid } };
    if (!(await createAtomically(path, stringify(stored)))) {
      throw new StoreError("AlreadyExists", `Cannot create ${ref.kind} ${objectKey(ref)}: there is one already`);
    }
    return this.#written(ref.kind, stored, await fileVersion(path));
  }

  async replace(object: RawObject): Promise<RawObject> {
    const { ref, path } = this.#locate(object);
    return withLock(path, async () => {
      const held = await this.#read(path);
      if (held === undefined)
        throw new StoreError("NotFound", `Cannot replace ${ref.kind} ${objectKey(ref)}: not found`);
      if (held.metadata.resourceVersion !== object.metadata.resourceVersion) {
        throw new StoreError("Conflict", `Cannot replace ${ref.kind} ${objectKey(ref)}: it was changed meanwhile`);
      }
      await writeAtomically(path, stringify(object));
      return this.#written(ref.kind, object, await fileVersion(path));
    });
  }

  async patchStatus(ref: ObjectRef, uid: string, patch: StatusPatch): Promise<RawObject> {
    const held = this.#find(ref) ?? (await this.#read(this.#path(ref)));
    if (held === undefined) throw new StoreError("NotFound", `Cannot patch ${ref.kind} ${objectKey(ref)}: not found`);
    if (held.metadata.uid !== uid) {
      throw new StoreError("Conflict", `Cannot patch ${ref.kind} ${objectKey(ref)}: it is another object by now`);
    }
    const path = join(this.#root, STATUS_FOLDER, this.#relativePath(ref));
    return withLock(path, async () => {
      const overlay = await this.#read(path);
      const before = overlay?.metadata.uid === uid ? overlay.status : held.status;
      const { apiVersion, kind } = held;
      const namespace = ref.namespace === undefined ? {} : { namespace: ref.namespace };
      const metadata = { ...namespace, name: ref.name, uid };
      const stored = { apiVersion, kind, metadata, status: mergeStatus(before, patch) };
      await writeAtomically(path, stringify(stored));
      return this.#written(ref.kind, { ...held, status: stored.status }, await fileVersion(path));
    });
  }

  async delete(ref: ObjectRef, uid: string): Promise<void> {
    const path = this.#path(ref);
    const held = await this.#read(path);
    if (held !== undefined && held.metadata.uid !== uid) return;
    await rm(path, { force: true });
    await rm(join(this.#root, STATUS_FOLDER, this.#relativePath(ref)), { force: true });
    this.#cache?.remove(ref.kind, objectKey(ref), uid);
  }

  async stop(): Promise<void> {
    this.#unwatch();
    await this.#queue.stop();
  }

  async #scan(): Promise<void> {
    const before = this.#files;
    // What is written after this moment is newer than the list.
    const version = String(BigInt(Date.now()) * 1_000_000n);
    this.#files = await scanFolder(this.#root, before);
    for (const [name, file] of this.#files) {
      if (file.error !== undefined && file !== before.get(name)) this.#log.warn({ file: name }, file.error);
    }
    const changed =
      this.#files.size !== before.size || [...this.#files].some(([name, file]) => before.get(name) !== file);
    if (!changed && this.#cache?.synced(this.#kinds)) return;
    const objects = this.#objects();
    for (const kind of this.#kinds) this.#cache?.replaceAll(kind, [...(objects.get(kind)?.values() ?? [])], version);
  }

  /** The manifests of the last scan with their statuses laid over them. */
  #objects(): Map<KindName, Map<string, RawObject>> {
    const objects = new Map<KindName, Map<string, RawObject>>();
    const overlays: RawObject[] = [];
    for (const [name, file] of [...this.#files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (name.startsWith(`${STATUS_FOLDER}/`)) overlays.push(...file.objects);
      else for (const object of file.objects) entry(objects, object).set(objectKey(object.metadata), object);
    }
    for (const overlay of overlays) {
      const ofKind = entry(objects, overlay);
      const held = ofKind.get(objectKey(overlay.metadata));
      if (held === undefined || held.metadata.uid !== overlay.metadata.uid) continue;
      ofKind.set(objectKey(overlay.metadata), withStatus(held, overlay));
    }
    return objects;
  }

  #find(ref: ObjectRef): RawObject | undefined {
    return this.#objects().get(ref.kind)?.get(objectKey(ref));
  }

  #written(kind: KindName, object: RawObject, version: string): RawObject {
    const versioned = { ...object, metadata: { ...object.metadata, resourceVersion: version } };
    this.#cache?.put(kind, versioned);
    return versioned;
  }

  #locate(object: RawObject): { ref: ObjectRef; path: string } {
    const kind = kindOf(object.apiVersion, object.kind);
    if (kind === undefined) throw new StoreError("Invalid", `Cannot store ${object.kind}: not a kind of Fairlead's`);
    const { name, namespace } = object.metadata;
    const ref = { kind, ...(namespace !== undefined && { namespace }), name };
    return { ref, path: this.#path(ref) };
  }

  #path(ref: ObjectRef): string {
    return join(this.#root, this.#relativePath(ref));
  }

  #relativePath({ kind, namespace, name }: ObjectRef): string {
    return join(KINDS[kind].plural, namespace ?? "", `${name}.yaml`);
  }

  async #read(path: string): Promise<RawObject | undefined> {
    try {
      const object = parse(await readFile(path, "utf8")) as RawObject;
      return { ...object, metadata: { ...object.metadata, resourceVersion: await fileVersion(path) } };
    } catch (error) {
      if (hasCode(error, "ENOENT")) return undefined;
      throw new StoreError("Unavailable", `Cannot read ${path}: ${String(error)}`, { cause: error });
    }
  }
}

function entry(objects: Map<KindName, Map<string, RawObject>>, object: RawObject): Map<string, RawObject> {
  const kind = kindOf(object.apiVersion, object.kind) as KindName;
  const ofKind = objects.get(kind) ?? new Map<string, RawObject>();
  objects.set(kind, ofKind);
  return ofKind;
}

// The later of the two files is the version of the whole.
function withStatus(object: RawObject, overlay: RawObject): RawObject {
  const versions = [object.metadata.resourceVersion ?? "", overlay.metadata.resourceVersion ?? ""];
  const resourceVersion = isAfter(versions[0] ?? "", versions[1] ?? "") ? versions[0] : versions[1];
  return {
    ...object,
    metadata: { ...object.metadata, resourceVersion: resourceVersion ?? "" },
    status: overlay.status,
  };
}

function isAfter(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}
