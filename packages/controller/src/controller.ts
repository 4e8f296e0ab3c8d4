import {
  type EventNote,
  EventRecorder,
  LeaderElection,
  type LeaseTiming,
  type Reading,
  type Store,
} from "@fairlead/kube";
import type { ClassFilter, Service } from "@fairlead/model";
import { type Cancel, type Clock, formatTime, type Log, type Millis, Queue } from "@fairlead/runtime";
import { leaseNamespace } from "./lease-namespace.ts";
import { decisionSeconds, leading, queueSeconds } from "./metrics.ts";
import { LEASE } from "./permissions.ts";
import { decideOn } from "./plan/decision.ts";
import { observePools } from "./status/pool-metrics.ts";
import { PoolPace } from "./status/pool-pace.ts";
import { Troubles } from "./troubles.ts";
import { Settled } from "./view/settled.ts";
import { CONTROLLER_KINDS, View } from "./view/view.ts";
import { Warnings } from "./warnings.ts";
import { isOvertaken } from "./work/apply.ts";
import { Records } from "./work/records.ts";
import { Setbacks } from "./work/setbacks.ts";
import { Work, type WorkEnd } from "./work/work.ts";
import { WriteWars } from "./work/write-wars.ts";

/** What a {@link Controller} needs. */
export interface ControllerOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly classes: ClassFilter;
  readonly reading?: Reading;
  /** Whether Services with an address get the cleanup finalizer; not unless told. */
  readonly finalizer?: boolean;
  /** Differs from that of every other replica, past ones included. */
  readonly identity: string;
  /** Namespace of the Lease; undefined for fairlead-system, or kube-system where that does not exist. */
  readonly namespace: string | undefined;
  readonly leaseTiming: LeaseTiming;
}

/** Decisions are made at least this often: repairs what was changed behind our back. */
const AT_LEAST_EVERY: Millis = 60_000;
/** Decisions take at most a part in so many of the time, however many changes there are. */
const DECISION_SHARE = 3;

/** Gives external addresses to Services, while it leads: cache → decide → apply, again and again. */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #view: View;
  readonly #queue: Queue;
  readonly #election: LeaderElection;
  readonly #events: EventRecorder;
  readonly #work: Work;
  readonly #setbacks: Setbacks;
  readonly #poolPace: PoolPace;
  readonly #troubles: Troubles;
  readonly #settled = new Settled();
  readonly #wars = new WriteWars(() => this.#request());
  readonly #warnings: Warnings;
  #requestedAt: number | undefined;
  /** Before this time, by the monotonic clock, there is no other decision. */
  #notBefore = Number.NEGATIVE_INFINITY;
  #again: Cancel | undefined;
  #listed = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    const { store, clock, log } = options;
    this.#view = new View((kind, key) => {
      if (kind === "Service" || kind === "IPAllocation") this.#setbacks.freshStart();
      if (key === undefined || !this.#work.isAbout(kind, key)) this.#request();
    }, options.reading);
    this.#events = new EventRecorder({ store, component: "fairlead-controller", clock, log });
    const note = (event: EventNote) => this.#events.note(event);
    this.#warnings = new Warnings({ log, note });
    this.#setbacks = new Setbacks(clock, () => this.#request());
    this.#poolPace = new PoolPace(clock, () => this.#request());
    this.#work = new Work({
      store,
      records: new Records(store),
      log,
      now: () => formatTime(clock.now()),
      note,
      onEnd: (end) => this.#ended(end),
    });
    const settle = () => Math.max(0, this.#notBefore - clock.monotonic());
    this.#queue = new Queue(
      async () => this.#run(),
      (error, retryInMillis) => log.error({ err: String(error), retryInMillis }, "cannot decide; trying again"),
      clock,
      {
        get settle() {
          return settle();
        },
        atLeastEvery: AT_LEAST_EVERY,
        retry: { first: 100, most: 10_000 },
      },
    );
    const namespaceOfLease = async () => options.namespace ?? leaseNamespace(store);
    this.#election = new LeaderElection({
      store,
      lease: async () => ({ kind: "Lease", namespace: await namespaceOfLease(), name: LEASE }),
      identity: options.identity,
      clock,
      log,
      timing: options.leaseTiming,
      onChange: (won) => {
        leading.set(won ? 1 : 0);
        this.#request();
      },
    });
    const [view, election] = [this.#view, this.#election];
    this.#troubles = new Troubles({ store, clock, log, view, election, leaseNamespace: namespaceOfLease });
  }

  /** Begins to watch, and to compete for leadership. */
  start(): void {
    this.#options.store.watch(CONTROLLER_KINDS, this.#view.cache);
    this.#election.start();
    this.#troubles.start();
  }

  /**
   * Why the controller is not ready, a line for each reason, or undefined if it is. A replica that does not lead is ready;
   * one that is not ready does what it can.
   */
  notReady(): string | undefined {
    return this.#troubles.notReady();
  }

  /** Whether everything is known, and nothing is under way. */
  get idle(): boolean {
    return this.#view.synced && this.#work.idle;
  }

  /** Finishes what is under way, and gives leadership back. */
  async stop(): Promise<void> {
    await this.#queue.stop();
    this.#again?.();
    await this.#work.ended();
    this.#setbacks.stop();
    this.#poolPace.stop();
    this.#events.stop();
    await this.#troubles.stop();
    await this.#election.stop().catch((error) => {
      this.#options.log.warn({ err: String(error) }, "cannot give the lease back; it will expire");
    });
    await this.#options.store.stop();
  }

  #request(): void {
    this.#requestedAt ??= this.#options.clock.monotonic();
    this.#queue.request();
  }

  #ended({ key, error }: WorkEnd): void {
    if (error === undefined) this.#setbacks.succeeded(key);
    else {
      this.#setbacks.failed(key, isOvertaken(error));
      if (!isOvertaken(error)) this.#warnings.failed(error);
      this.#troubles.met(error);
    }
    if (!this.#work.busy) this.#request();
  }

  #run(): void {
    this.#warnings.ofFailures();
    if (this.#view.synced && !this.#listed) {
      this.#listed = true;
      this.#options.log.info({ services: this.#view.cache.all("Service").size }, "everything listed");
    }
    if (!this.#view.synced || !this.#election.leading || this.#work.busy) return;
    const { clock, classes, finalizer = false } = this.#options;
    const begun = clock.monotonic();
    if (this.#requestedAt !== undefined) queueSeconds.observe((begun - this.#requestedAt) / 1000);
    this.#requestedAt = undefined;
    const end = decisionSeconds.startTimer();
    const now = clock.now();
    const { keys, takes } = this.#work.pending;
    const pending = { keys: new Set([...keys, ...this.#setbacks.resting]), takes };
    const rest = { classes, finalizer, pending, wars: this.#wars.current(now), now };
    const { snapshot, plan, pools, counts, problems } = decideOn(this.#view, rest, this.#settled, this.#work.room);
    end();
    this.#warnings.ofObjects(problems);
    this.#warnings.ofAnnotations(plan.warnings);
    this.#again?.();
    const { againInMillis = AT_LEAST_EVERY } = plan;
    this.#again = againInMillis < AT_LEAST_EVERY ? clock.after(againInMillis, () => this.#request()) : undefined;
    observePools(counts);
    const versionOf = (service: Service) => this.#view.versionOf(service);
    const services = plan.services.filter((each) => !this.#wars.holdBack(each, versionOf(each.service), snapshot));
    this.#work.begin({ ...plan, services }, this.#poolPace.due(pools), versionOf);
    const ended = clock.monotonic();
    this.#notBefore = ended + DECISION_SHARE * (ended - begun);
  }
}
