import { isDeepStrictEqual } from "node:util";
import { type KindName, type ObjectRef, objectKey, type Problem } from "@fairlead/model";
import { KINDS, type KindValues } from "./kinds.ts";
import type { Reading } from "./parse/annotations.ts";
import { check, type Read } from "./parse/read.ts";
import { type ObjectList, type ObjectSink, type RawObject, StoreError } from "./ports.ts";
import { objectMeta } from "./schema/metadata.ts";

/** An object as it is cached: read once, with nothing kept that nobody reads. */
export interface CachedObject<T> {
  readonly ref: ObjectRef;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number | undefined;
  readonly read: Read<T>;
  /** The raw status, for the kinds that keep it. */
  readonly status: unknown;
  /** When its writer last gave a sign of life, RFC 3339, for the kinds that say so. */
  readonly seen?: string;
}

/** Lists of a kind that failed in a row. */
export interface ListFailure {
  /** How many. */
  readonly count: number;
  /** Why the last one did. */
  readonly error: StoreError;
}

/**
 * The last known state of some kinds of object. Filled by a Store; read by decisions, which run when nothing else does,
 * so no copy is needed. Survives whatever happens to the store: nothing leaves it but by a list or a delete that says so.
 */
export class ObjectCache implements ObjectSink {
  readonly #objects = new Map<KindName, Map<string, CachedObject<unknown>>>();
  readonly #failures = new Map<KindName, ListFailure>();
  readonly #reading: Reading;
  readonly #onChange: (kind: KindName, key: string | undefined) => void;

  /**
   * @param onChange - called after every change of what is kept of an object, with its key; without one after a list, and
   *   after one that failed. Must only note it, or ask for a decision.
   * @param reading - how objects are read.
   */
  constructor(onChange: (kind: KindName, key: string | undefined) => void, reading: Reading = {}) {
    this.#onChange = onChange;
    this.#reading = reading;
  }

  /** Whether each kind has been listed at least once. */
  synced(kinds: readonly KindName[]): boolean {
    return kinds.every((kind) => this.#objects.has(kind));
  }

  /** Why a kind cannot be listed now; undefined once it was. */
  failure(kind: KindName): ListFailure | undefined {
    return this.#failures.get(kind);
  }

  failed(kind: KindName, cause: unknown): void {
    const error = cause instanceof StoreError ? cause : new StoreError("Unavailable", String(cause), { cause });
    this.#failures.set(kind, { count: (this.#failures.get(kind)?.count ?? 0) + 1, error });
    this.#onChange(kind, undefined);
  }

  /** Every object of a kind, by key; empty before the first list. */
  all<K extends KindName>(kind: K): ReadonlyMap<string, CachedObject<KindValues[K]>> {
    return (this.#objects.get(kind) ?? new Map()) as ReadonlyMap<string, CachedObject<KindValues[K]>>;
  }

  /** The values of every object of a kind that could be read. */
  values<K extends KindName>(kind: K): KindValues[K][] {
    const values: KindValues[K][] = [];
    for (const { read } of this.all(kind).values()) if ("value" in read) values.push(read.value);
    return values;
  }

  /**
   * Takes a complete list. What it lacks is gone, unless it was written after the list was made.
   *
   * @param listVersion - resourceVersion of the list.
   */
  replaceAll(kind: KindName, raws: readonly RawObject[], listVersion: string): void {
    const list = this.list(kind);
    list.add(raws);
    list.end(listVersion);
  }

  /** As {@link replaceAll}, part by part: raw objects take many times the memory of what is kept of them. */
  list(kind: KindName): ObjectList {
    const found: { readonly created: string; readonly object: CachedObject<unknown> }[] = [];
    const add = (raws: readonly RawObject[]) => {
      const before = this.#objects.get(kind);
      for (const raw of raws) {
        const held = before?.get(objectKey(raw.metadata));
        const object = held === undefined || isNews(held, raw) ? read(kind, raw, this.#reading) : held;
        found.push({ created: String(raw.metadata.creationTimestamp ?? ""), object });
      }
    };
    const end = (listVersion: string) => {
      const before = this.#objects.get(kind);
      const after = new Map<string, CachedObject<unknown>>();
      // What comes later is appended: whoever sorts by age, with thousands there, finds them all but sorted.
      for (const { object } of found.sort(byAge)) {
        const key = objectKey(object.ref);
        const held = before?.get(key);
        after.set(key, held !== undefined && isNewer(held.resourceVersion, object.resourceVersion) ? held : object);
      }
      for (const [key, object] of before ?? []) {
        if (!after.has(key) && isNewer(object.resourceVersion, listVersion)) after.set(key, object);
      }
      this.#objects.set(kind, after);
      this.#failures.delete(kind);
      this.#onChange(kind, undefined);
    };
    return { add, end };
  }

  /** Takes one new or changed object; an older version than the one held is ignored. Ignored before the first list. */
  put(kind: KindName, raw: RawObject): void {
    const objects = this.#objects.get(kind);
    if (objects === undefined) return;
    const key = objectKey(raw.metadata);
    const held = objects.get(key);
    if (held !== undefined && !isNews(held, raw)) return;
    const object = read(kind, raw, this.#reading);
    const same = held !== undefined && saysTheSame(held, object);
    // What is kept of it stays the same object: whoever remembers that one need not look again.
    objects.set(key, same ? { ...object, read: held.read, status: held.status } : object);
    if (!same) this.#onChange(kind, key);
  }

  /** Forgets an object; another one of the same name (with another uid) stays. */
  remove(kind: KindName, key: string, uid: string): void {
    const objects = this.#objects.get(kind);
    if (objects?.get(key)?.uid !== uid) return;
    objects.delete(key);
    this.#onChange(kind, key);
  }
}

function read(kind: KindName, raw: RawObject, reading: Reading): CachedObject<unknown> {
  const { name, namespace } = raw.metadata;
  const ref: ObjectRef = { kind, ...(namespace !== undefined && { namespace }), name };
  const checked = check(ref, objectMeta, raw.metadata, "metadata");
  if ("problems" in checked) return unreadable(ref, raw, checked.problems);
  const meta = checked.value;
  const seen = KINDS[kind].seen?.(raw);
  return {
    ref,
    uid: meta.uid,
    resourceVersion: meta.resourceVersion,
    generation: meta.generation,
    read: KINDS[kind].read(ref, meta, raw, reading),
    status: KINDS[kind].keepStatus ? raw.status : undefined,
    ...(seen !== undefined && { seen }),
  };
}

function byAge({ created: a }: { readonly created: string }, { created: b }: { readonly created: string }): number {
  return Number(a > b) - Number(a < b);
}

// A folder may hold what the API server never would: labels that are numbers, annotations that are true.
function unreadable(ref: ObjectRef, { metadata }: RawObject, problems: readonly Problem[]): CachedObject<unknown> {
  const { uid = "", resourceVersion = "" } = metadata;
  return {
    ref,
    uid: String(uid),
    resourceVersion: String(resourceVersion),
    generation: undefined,
    read: { problems },
    status: undefined,
  };
}

// Whatever the uid: what a watch still has to tell of a predecessor must not displace its successor. What the store
// answered to a write comes a second time by the watch; reading it again would cost as much as the first time.
function isNews(held: CachedObject<unknown>, { metadata }: RawObject): boolean {
  return isNewer(String(metadata.resourceVersion ?? ""), held.resourceVersion);
}

// Nodes report every few seconds that nothing has changed.
function saysTheSame(held: CachedObject<unknown>, got: CachedObject<unknown>): boolean {
  return (
    held.uid === got.uid &&
    held.generation === got.generation &&
    isDeepStrictEqual([held.read, held.status], [got.read, got.status])
  );
}

// Kubernetes 1.35 made resourceVersions of one kind comparable as decimal numbers (KEP-5504); those of etcd were so before,
// and so are the folder store's.
function isNewer(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}
