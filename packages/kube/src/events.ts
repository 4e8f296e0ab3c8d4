import { createHash } from "node:crypto";
import type { ObjectRef } from "@fairlead/model";
import { type Cancel, type Clock, formatTime, type Log } from "@fairlead/runtime";
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

/** Notes that may wait to be written; more are dropped, oldest first: they tell what statuses tell too. */
const MOST_WAITING = 1_000;
/** Events written at once, and thereafter one in each period: a flood must not crowd out the writes that matter. */
const BURST = 25;
const PERIOD_MILLIS = 100;

/** What an {@link EventRecorder} needs. */
export interface EventRecorderOptions {
  readonly store: Store;
  /** Who says it: "fairlead-controller". */
  readonly component: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Writes notes as Events, at a bounded rate. Nothing waits for it, and it never fails. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #waiting: EventNote[] = [];
  #credit = BURST;
  #refill: Cancel | undefined;
  #stopped = false;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  /** Writes a note soon. */
  note(note: EventNote): void {
    if (this.#stopped) return;
    this.#waiting.push(note);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    this.#drain();
  }

  /** Drops what waits. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.length = 0;
    this.#refill?.();
  }

  #drain(): void {
    while (this.#credit > 0) {
      const note = this.#waiting.shift();
      if (note === undefined) break;
      this.#credit -= 1;
      this.#record(note);
    }
    if (this.#credit < BURST) this.#refill ??= this.#options.clock.after(PERIOD_MILLIS, () => this.#refilled());
  }

  #refilled(): void {
    this.#refill = undefined;
    this.#credit += 1;
    if (!this.#stopped) this.#drain();
  }

  #record(note: EventNote): void {
    const { store, component, clock, log } = this.#options;
    const event = eventObject(note, component, formatTime(clock.now()));
    recordEvent(store, event).catch((error) => log.debug({ err: String(error) }, "cannot record an Event"));
  }
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
