import { randomUUID } from "node:crypto";
import { type KindName, type ObjectRef, objectKey } from "@fairlead/model";
import { until } from "@fairlead/testing";
import { type CachedObject, ObjectCache } from "../cache.ts";
import { refOf } from "../memory/ref-of.ts";
import { type RawObject, type Store, StoreError, type StoreErrorReason } from "../ports.ts";

/** Two stores over the same objects, in processes of their own so to speak. */
export interface StoreBench {
  readonly store: Store;
  readonly other: Store;
  close(): Promise<void>;
}

/** Kinds that {@link StorePair.watch} watches. */
export const WATCHED: readonly KindName[] = ["Service", "IPAddressPool", "Lease"];

/** The stores of the test that runs, and what it makes in them. */
export interface StorePair extends Pick<StoreBench, "store" | "other"> {
  /** What {@link watch} fills. */
  readonly cache: ObjectCache;
  /** A name that no other test has. */
  readonly unique: string;
  /** Creates an object by one of the stores, which is deleted after the test. */
  create(
    by: Store,
    object: RawObject,
  ): Promise<{ readonly ref: ObjectRef; readonly uid: string; readonly object: RawObject }>;
  /** Has an object deleted after the test. */
  deleteLater(object: RawObject): void;
  /** The store begins to watch. Resolves when every kind is listed. */
  watch(): Promise<void>;
  /** An object as the cache has it. */
  cached(ref: ObjectRef): CachedObject<unknown> | undefined;
}

/** Opens stores before each test of the suite that this is called in, and closes them after it. */
export function storePair(open: () => Promise<StoreBench>): StorePair {
  let bench: StoreBench;
  let cache: ObjectCache;
  let made: ObjectRef[];
  let unique: string;
  beforeEach(async () => {
    bench = await open();
    cache = new ObjectCache(() => {});
    made = [];
    unique = `c${randomUUID().slice(0, 8)}`;
  });
  afterEach(async () => {
    for (const ref of made) {
      const left = await bench.other.get(ref);
      if (left !== undefined) await bench.other.delete(ref, left.metadata.uid ?? "");
    }
    await bench.close();
  });
  return {
    get store() {
      return bench.store;
    },
    get other() {
      return bench.other;
    },
    get cache() {
      return cache;
    },
    get unique() {
      return unique;
    },
    async create(by, object) {
      const created = await by.create(object);
      const ref = refOf(object);
      made.push(ref);
      return { ref, uid: created.metadata.uid ?? "", object: created };
    },
    deleteLater: (object) => made.push(refOf(object)),
    async watch() {
      bench.store.watch(WATCHED, cache);
      await until("every kind is listed", () => cache.synced(WATCHED));
    },
    cached: (ref) => cache.all(ref.kind).get(objectKey(ref)),
  };
}

/** Why a store refuses to do something. @throws Error when it does it. */
export async function refusal(action: Promise<unknown>): Promise<StoreErrorReason> {
  try {
    await action;
  } catch (error) {
    if (error instanceof StoreError) return error.reason;
    throw error;
  }
  throw new Error("must be refused, but it was done");
}
