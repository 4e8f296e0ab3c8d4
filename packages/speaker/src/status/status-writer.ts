import {
  API_GROUP,
  API_VERSION,
  type RawObject,
  type StatusPatch,
  type Store,
  StoreError,
  speakerStatus,
} from "@fairlead/kube";
import type { ObjectRef } from "@fairlead/model";
import { type Clock, formatTime, type Log, type Millis, Queue } from "@fairlead/runtime";
import { withinBudget } from "./within-budget.ts";

/**
 * A status is written also when nothing has changed but the time of writing, which tells it from the status of a speaker
 * that is gone: at the first look after this long. So also one that somebody has deleted is made again.
 */
const SEEN_AFTER: Millis = 40_000;
const LOOK_EVERY: Millis = 20_000;

/** Between two writes: an owner that changes is worth one, a flapping one no more. */
const SETTLE: Millis = 1_000;

/** Octets of JSON that a status may be: an API server takes objects of up to 1.5 MB. */
const BUDGET = 1_000_000;

/** What a {@link StatusWriter} needs. */
export interface StatusWriterOptions {
  readonly store: Store;
  /** Name of this node, and so of the SpeakerStatus. */
  readonly node: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Told when the API server refuses a write for lack of rights. */
  readonly onForbidden: () => void;
}

/** Keeps the SpeakerStatus of a node as it was last told: makes the object, and tries again until it is written. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #ref: ObjectRef;
  readonly #queue: Queue;
  #wanted: StatusPatch | undefined;
  #written = "";
  #writtenAt: Millis = Number.NEGATIVE_INFINITY;
  #uid: string | undefined;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
    const { node, clock, log, onForbidden } = options;
    this.#ref = { kind: "SpeakerStatus", name: node };
    this.#queue = new Queue(
      () => this.#write(),
      (error, retryInMillis) => {
        log.debug({ err: String(error), retryInMillis }, "cannot write SpeakerStatus");
        if (error instanceof StoreError && error.reason === "Forbidden") onForbidden();
      },
      clock,
      { settle: SETTLE, atLeastEvery: LOOK_EVERY, retry: { first: 200, most: 10_000 } },
    );
  }

  /** Takes a new status; the last one counts. */
  want(status: StatusPatch): void {
    this.#wanted = status;
    this.#queue.request();
  }

  /** Writes the last status, if it can be done now, and ends. */
  async stop(): Promise<void> {
    await this.#queue.stop();
    await this.#write().catch(() => undefined);
  }

  async #write(): Promise<void> {
    if (this.#wanted === undefined) return;
    const { store, clock } = this.#options;
    const text = JSON.stringify(this.#wanted);
    const changed = text !== this.#written;
    if (!changed && clock.monotonic() - this.#writtenAt < SEEN_AFTER) return;
    const lastSeen = formatTime(clock.now());
    const news = changed ? withinBudget(this.#wanted, text, BUDGET) : {};
    try {
      let old: StatusPatch = {};
      if (this.#uid === undefined) {
        const held = await this.#ensure();
        this.#uid = held.metadata.uid ?? "";
        old = unknownFields(held.status);
      }
      await store.patchStatus(this.#ref, this.#uid, { ...old, ...news, lastSeen });
      this.#written = text;
      this.#writtenAt = clock.monotonic();
    } catch (error) {
      // Somebody deleted it: make it again.
      if (error instanceof StoreError && (error.reason === "NotFound" || error.reason === "Conflict")) {
        this.#uid = undefined;
        this.#written = "";
      }
      throw error;
    }
  }

  async #ensure(): Promise<RawObject> {
    const { store } = this.#options;
    const held = await store.get(this.#ref);
    if (held !== undefined) return held;
    const apiVersion = `${API_GROUP}/${API_VERSION}`;
    return store.create({ apiVersion, kind: "SpeakerStatus", metadata: { name: this.#ref.name } });
  }
}

// What another version of the speaker wrote, and this one knows nothing of, must not look as if it still held.
function unknownFields(status: unknown): StatusPatch {
  const fields = typeof status === "object" && status !== null ? Object.keys(status) : [];
  return Object.fromEntries(
    fields.filter((field) => !(field in speakerStatus.status.shape)).map((field) => [field, null]),
  );
}
