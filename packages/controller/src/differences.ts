import { isDeepStrictEqual } from "node:util";
import { type MemoryCluster, type RawObject, refOf } from "@fairlead/kube";
import { compareText, type ObjectRef, objectKey } from "@fairlead/model";

/** An object that says one thing in one state of a cluster, and another in another. */
export interface Difference {
  readonly ref: ObjectRef;
  /** undefined if it is not there. */
  readonly before: RawObject | undefined;
  /** undefined if it is not there. */
  readonly after: RawObject | undefined;
}

/**
 * The objects that differ, by kind, namespace and name. What only says when something happened, or how often it was
 * written, does not count: times of conditions, versions, uids, field managers.
 */
export function differences(before: MemoryCluster, after: MemoryCluster): Difference[] {
  const [was, is] = [byName(before), byName(after)] as const;
  return [...new Set([...was.keys(), ...is.keys()])].sort(compareText).flatMap((name) => {
    const [old, young] = [was.get(name), is.get(name)];
    const one = young ?? old;
    if (one === undefined || isDeepStrictEqual(said(old), said(young))) return [];
    return [{ ref: refOf(one), before: old, after: young }];
  });
}

function byName(cluster: MemoryCluster): ReadonlyMap<string, RawObject> {
  return new Map(cluster.objects().map((object) => [`${object.kind} ${objectKey(object.metadata)}`, object]));
}

function said(object: RawObject | undefined): unknown {
  if (object === undefined) return undefined;
  const { metadata, status, ...rest } = object;
  const { labels, annotations, finalizers, deletionTimestamp } = metadata;
  const isDeleting = deletionTimestamp !== undefined;
  return { ...rest, metadata: essence({ labels, annotations, finalizers, isDeleting }), status: essence(status) };
}

// Without times of conditions and their order, and without what is empty: nothing is said by it.
function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(essence);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).flatMap(([key, member]): [string, unknown][] => {
    if (key === "lastTransitionTime") return [];
    const plain = essence(member);
    return isEmpty(plain) ? [] : [[key, key === "conditions" && Array.isArray(plain) ? inOrder(plain) : plain]];
  });
  return Object.fromEntries(members);
}

function inOrder(conditions: readonly unknown[]): unknown[] {
  return [...conditions].sort((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
}
