import type { KindName, ObjectRef } from "@fairlead/model";
import { KINDS } from "../kinds.ts";

/** Path of all objects of a kind, or of those in one namespace. */
export function collectionPath(kind: KindName, namespace?: string): string {
  const { apiVersion, plural } = KINDS[kind];
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${group}${namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`}/${plural}`;
}

/** Path of one object. */
export function objectPath(ref: ObjectRef): string {
  return `${collectionPath(ref.kind, ref.namespace)}/${encodeURIComponent(ref.name)}`;
}
