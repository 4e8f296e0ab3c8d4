import {
  API_GROUP,
  API_VERSION,
  cacheTroubles,
  type EventNote,
  EventRecorder,
  mergeTroubles,
  ObjectCache,
  type RawObject,
  Rights,
  type StatusPatch,
  type Store,
  StoreError,
  watchTroubles,
} from "@fairlead/kube";
import type { ObjectRef, Trouble } from "@fairlead/model";
import { type Cancel, type Clock, formatTime, type Log, type Millis, Queue } from "@fairlead/runtime";
import { decide, type Plan } from "./decide.ts";
import { SPEAKER_PERMISSIONS } from "./permissions.ts";
import type { Observation, Reporter } from "./ports.ts";
import { type Snapshot, SPEAKER_KINDS, takeSnapshot } from "./snapshot.ts";

/** What a {@link Decider} needs. */
export interface DeciderOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly fixed: Pick<Snapshot, "node" | "forwarding" | "classes">;
  /** Told of each plan, the first as soon as every kind has been listed. */
  readonly onPlan: (plan: Plan) => void;
  /** Told of what keeps it from reading or writing, whenever that changes. */
  readonly onTroubles?: (troubles: readonly Trouble[]) => void;
}

const COMPONENT = "fairlead-speaker";

/** One Service comes as several changes (itself, its slices, its record, its status) within about this long. */
const SETTLE_MILLIS = 25;

/**
 * A status is written also when nothing has changed but the time of writing, which tells it from the status of a speaker
 * that is gone: at the first look after this long. So also one that somebody has deleted is made anew.
 */
const SEEN_AFTER_MILLIS = 40_000;
const LOOK_EVERY_MILLIS = 20_000;

/** The side of the speaker that faces the store: cache → decide, and statuses and Events back. Does nothing to the node. */
export class Decider implements Reporter {
  readonly #options: DeciderOptions;
  readonly #cache: ObjectCache;
  readonly #decisions: Queue;
  readonly #statuses: Queue;
  readonly #events: EventRecorder;
  #seen: Observation = { lost: new Set() };
  readonly #rights: Rights;
  #unwatch: Cancel = () => {};
  #wanted: StatusPatch | undefined;
  #written = "";
  #writtenAt: Millis = Number.NEGATIVE_INFINITY;
  #uid: string | undefined;

  constructor(options: DeciderOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#cache = new ObjectCache(() => this.#decisions.request());
    this.#events = new EventRecorder({ store: options.store, component: COMPONENT, clock, log });
    this.#rights = new Rights({ store: options.store, permissions: async () => SPEAKER_PERMISSIONS, clock, log });
    const retry = { first: 200, most: 10_000 };
    this.#decisions = new Queue(
      async () => this.#decide(),
      (error) => log.error({ err: String(error) }, "cannot decide"),
      clock,
      { settle: SETTLE_MILLIS, atLeastEvery: 300_000, retry },
    );
    // A second between writes: an owner that changes is worth one, a flapping one no more.
    this.#statuses = new Queue(
      () => this.#writeStatus(),
      (error, retryInMillis) => {
        log.debug({ err: String(error), retryInMillis }, "cannot write SpeakerStatus");
        if (error instanceof StoreError && error.reason === "Forbidden") this.#rights.ask();
      },
      clock,
      { settle: 1_000, atLeastEvery: LOOK_EVERY_MILLIS, retry },
    );
  }

  /** Begins to watch. */
  start(): void {
    const { store, clock, log, onTroubles } = this.#options;
    store.watch(SPEAKER_KINDS, this.#cache);
    this.#rights.ask();
    const current = () => this.#troubles();
    this.#unwatch = watchTroubles({ clock, log, current, ...(onTroubles && { onChange: onTroubles }) });
  }

  status(status: StatusPatch): void {
    this.#wanted = status;
    this.#statuses.request();
  }

  note(event: EventNote): void {
    this.#events.note(event);
  }

  observe(seen: Observation): void {
    this.#seen = seen;
    this.#decisions.request();
  }

  /** Writes the last status, if it can be done now, and ends. */
  async stop(): Promise<void> {
    this.#unwatch();
    await Promise.all([this.#decisions.stop(), this.#statuses.stop(), this.#rights.stop()]);
    this.#events.stop();
    await this.#writeStatus().catch(() => undefined);
    await this.#options.store.stop();
  }

  #troubles(): Trouble[] {
    const { missing } = this.#rights;
    const refused: Trouble[] = missing.length === 0 ? [] : [{ code: "PermissionMissing", permissions: missing }];
    return mergeTroubles([...cacheTroubles(this.#cache, SPEAKER_KINDS), ...refused]);
  }

  #decide(): void {
    if (!this.#cache.synced(SPEAKER_KINDS)) return;
    this.#options.onPlan(decide(takeSnapshot(this.#cache, this.#options.fixed, this.#seen)));
  }

  async #writeStatus(): Promise<void> {
    const text = JSON.stringify(this.#wanted);
    const { store, fixed, clock } = this.#options;
    const ref: ObjectRef = { kind: "SpeakerStatus", name: fixed.node };
    if (this.#wanted === undefined) return;
    const changed = text !== this.#written;
    if (!changed && clock.monotonic() - this.#writtenAt < SEEN_AFTER_MILLIS) return;
    const lastSeen = formatTime(clock.now());
    try {
      this.#uid ??= (await this.#ensure(ref)).metadata.uid ?? "";
      await store.patchStatus(ref, this.#uid, { ...(changed && this.#wanted), lastSeen });
      this.#written = text;
      this.#writtenAt = clock.monotonic();
    } catch (error) {
      // Somebody deleted it: make it anew.
      if (error instanceof StoreError && (error.reason === "NotFound" || error.reason === "Conflict")) {
        this.#uid = undefined;
        this.#written = "";
      }
      throw error;
    }
  }

  async #ensure(ref: ObjectRef): Promise<RawObject> {
    const { store } = this.#options;
    const held = await store.get(ref);
    if (held !== undefined) return held;
    const object = { apiVersion: `${API_GROUP}/${API_VERSION}`, kind: "SpeakerStatus", metadata: { name: ref.name } };
    return store.create(object);
  }
}
