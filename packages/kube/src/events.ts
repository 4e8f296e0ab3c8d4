import { createHash } from "node:crypto";
import type { ObjectRef } from "@fairlead/model";
import { KINDS } from "./kinds.ts";
import { type RawObject, type Store, StoreError } from "./ports.ts";

/** Something that happened to an object, for `kubectl describe`. */
export interface EventNote {
  readonly object: ObjectRef;
  readonly uid: string;
  readonly type: "Normal" | "Warning";
  /** CamelCase code. */
  readonly reason: string;
  readonly message: string;
}

/** The namespace of Events about cluster-scoped objects, as the API server wants it. */
const CLUSTER_EVENTS = "default";

/**
 * The core/v1 Event of a note. Equal notes about one object have one name, so that a repeated one raises the count of
 * the Event that is there rather than add another.
 *
 * @param component - who says it: "fairlead-controller".
 * @param now - RFC 3339.
 */
export function eventObject(
  { object, uid, type, reason, message }: EventNote,
  component: string,
  now: string,
): RawObject {
  const digest = createHash("sha256").update(`${component}/${uid}/${reason}/${message}`).digest("hex").slice(0, 16);
  const namespace = object.namespace ?? CLUSTER_EVENTS;
  // Names of objects have 253 characters at most, and no part of one ends in a hyphen.
  const prefix = object.name.slice(0, 253 - digest.length - 1).replace(/[-.]+$/, "");
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { namespace, name: `${prefix}.${digest}` },
    involvedObject: {
      apiVersion: KINDS[object.kind].apiVersion,
      kind: object.kind,
      namespace: object.namespace,
      name: object.name,
      uid,
    },
    type,
    reason,
    message,
    source: { component },
    reportingComponent: component,
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
}

/** Writes an Event, or raises the count of the equal one that is there. @throws StoreError */
export async function recordEvent(store: Store, event: RawObject): Promise<void> {
  try {
    await store.create(event);
  } catch (error) {
    if (!(error instanceof StoreError) || error.reason !== "AlreadyExists") throw error;
    const { name, namespace } = event.metadata;
    const held = await store.get({ kind: "Event", ...(namespace !== undefined && { namespace }), name });
    if (held === undefined) return;
    await store.replace({ ...held, count: Number(held.count ?? 1) + 1, lastTimestamp: event.lastTimestamp });
  }
}
