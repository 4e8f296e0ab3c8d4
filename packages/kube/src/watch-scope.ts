import { type KindName, objectKey } from "@fairlead/model";
import type { ObjectList, ObjectSink, RawObject, WatchedKind, WatchScope } from "./ports.ts";

/** The scope that each kind is watched in: all of it where only the kind is named. */
export function scopesOf(kinds: readonly WatchedKind[]): readonly WatchScope[] {
  return kinds.map((watched) => (typeof watched === "string" ? { kind: watched } : watched));
}

/** The selectors of a scope as the API server takes them in a list or watch; the namespace is part of the path. */
export function scopeQuery({ name, labels = {} }: WatchScope): Readonly<Record<string, string>> {
  const labelSelector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return {
    ...(name !== undefined && { fieldSelector: `metadata.name=${name}` }),
    ...(labelSelector.length > 0 && { labelSelector: labelSelector.join() }),
  };
}

/**
 * What a store is to fill for a cache that watches in scopes: it takes what is in them, and has what has left them removed,
 * be it told by a list, by a watch or by the store's own write.
 */
export function scopedSink(cache: ObjectSink, scopes: readonly WatchScope[]): ObjectSink {
  const byKind = new Map(scopes.map((scope) => [scope.kind, scope]));
  if (scopes.every((scope) => Object.keys(scope).length === 1)) return cache;
  const inScope = (kind: KindName) => {
    const scope = byKind.get(kind);
    return (object: RawObject) => scope === undefined || selects(scope, object);
  };
  return {
    synced: (kinds) => cache.synced(kinds),
    failed: (kind, error) => cache.failed(kind, error),
    remove: (kind, key, uid) => cache.remove(kind, key, uid),
    replaceAll: (kind, objects, version) => cache.replaceAll(kind, objects.filter(inScope(kind)), version),
    list: (kind): ObjectList => {
      const list = cache.list(kind);
      return { add: (objects) => list.add(objects.filter(inScope(kind))), end: (version) => list.end(version) };
    },
    put: (kind, object) => {
      if (inScope(kind)(object)) cache.put(kind, object);
      else cache.remove(kind, objectKey(object.metadata), object.metadata.uid ?? "");
    },
  };
}

function selects({ namespace, name, labels = {} }: WatchScope, { metadata }: RawObject): boolean {
  const own = (metadata.labels ?? {}) as Readonly<Record<string, unknown>>;
  return (
    (namespace === undefined || metadata.namespace === namespace) &&
    (name === undefined || metadata.name === name) &&
    Object.entries(labels).every(([key, value]) => own[key] === value)
  );
}
