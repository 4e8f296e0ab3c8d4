import {
  cacheTroubles,
  type EventNote,
  EventRecorder,
  mergeTroubles,
  ObjectCache,
  Rights,
  type StatusPatch,
  type Store,
  watchTroubles,
} from "@fairlead/kube";
import type { Trouble } from "@fairlead/model";
import { type Cancel, type Clock, type Log, Queue } from "@fairlead/runtime";
import { SPEAKER_PERMISSIONS } from "./permissions.ts";
import { type Decision, decide } from "./plan/decide.ts";
import type { Observation, Reporter } from "./ports.ts";
import { StatusWriter } from "./status/status-writer.ts";
import { type Snapshot, SPEAKER_KINDS, takeSnapshot } from "./survey/snapshot.ts";

/** What a {@link Decider} needs. */
export interface DeciderOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly fixed: Pick<Snapshot, "node" | "forwarding" | "classes">;
  /** Told of each decision, the first as soon as every kind has been listed. */
  readonly onDecision: (decision: Decision) => void;
  /** Told of what keeps it from reading or writing, whenever that changes. */
  readonly onTroubles?: (troubles: readonly Trouble[]) => void;
}

const COMPONENT = "fairlead-speaker";

/** One Service comes as several changes (itself, its slices, its record, its status) within about this long. */
const SETTLE_MILLIS = 25;

/** The side of the speaker that faces the store: cache → decide, and statuses and Events back. Does nothing to the node. */
export class Decider implements Reporter {
  readonly #options: DeciderOptions;
  readonly #cache: ObjectCache;
  readonly #decisions: Queue;
  readonly #statuses: StatusWriter;
  readonly #events: EventRecorder;
  #seen: Observation = { lost: new Set() };
  readonly #rights: Rights;
  #unwatch: Cancel = () => {};

  constructor(options: DeciderOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#cache = new ObjectCache(() => this.#decisions.request());
    this.#events = new EventRecorder({ store: options.store, component: COMPONENT, clock, log });
    this.#rights = new Rights({ store: options.store, permissions: async () => SPEAKER_PERMISSIONS, clock, log });
    this.#decisions = new Queue(
      async () => this.#decide(),
      (error) => log.error({ err: String(error) }, "cannot decide"),
      clock,
      { settle: SETTLE_MILLIS, atLeastEvery: 300_000, retry: { first: 200, most: 10_000 } },
    );
    const { node } = options.fixed;
    this.#statuses = new StatusWriter({ ...options, node, onForbidden: () => this.#rights.ask() });
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
    this.#statuses.want(status);
  }

  note(event: EventNote): void {
    this.#events.note(event);
  }

  observe(seen: Observation): void {
    this.#seen = seen;
    this.#decisions.request();
  }

  /** Whether no decision is under way. */
  get idle(): boolean {
    return this.#cache.synced(SPEAKER_KINDS) && this.#decisions.idle;
  }

  /** Writes the last status, if it can be done now, and ends. */
  async stop(): Promise<void> {
    this.#unwatch();
    await Promise.all([this.#decisions.stop(), this.#statuses.stop(), this.#rights.stop()]);
    this.#events.stop();
    await this.#options.store.stop();
  }

  #troubles(): Trouble[] {
    const { missing } = this.#rights;
    const refused: Trouble[] = missing.length === 0 ? [] : [{ code: "PermissionMissing", permissions: missing }];
    return mergeTroubles([...cacheTroubles(this.#cache, SPEAKER_KINDS), ...refused]);
  }

  #decide(): void {
    if (!this.#cache.synced(SPEAKER_KINDS)) return;
    this.#options.onDecision(decide(takeSnapshot(this.#cache, this.#options.fixed, this.#seen)));
  }
}
