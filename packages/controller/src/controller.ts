import { EventRecorder, LeaderElection, type LeaseTiming, type Reading, type Store, StoreError } from "@fairlead/kube";
import { type ClassFilter, describeProblems, FIELD_MANAGER, isServed, objectKey, type Problem } from "@fairlead/model";
import { type Cancel, type Clock, formatTime, type Log, Queue } from "@fairlead/runtime";
import { decisionSeconds, leading, queueSeconds } from "./metrics.ts";
import { LEASE } from "./permissions.ts";
import { type AnnotationWarning, decide } from "./plan/decide.ts";
import type { ServicePlan } from "./plan/service-plan.ts";
import { observePools } from "./status/pool-metrics.ts";
import { PoolPace } from "./status/pool-pace.ts";
import { countPools, poolPlans } from "./status/pool-plan.ts";
import { Troubles } from "./troubles.ts";
import { Settled } from "./view/settled.ts";
import type { Snapshot } from "./view/snapshot.ts";
import { CONTROLLER_KINDS, View } from "./view/view.ts";
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

const COMPONENT = "fairlead-controller";
const UNKNOWN_ANNOTATION = "UnknownAnnotation";
const OWN_NAMESPACE = "fairlead-system";
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
  readonly #wars = new WriteWars();
  #failures: unknown[] = [];
  #requestedAt: number | undefined;
  /** Before this time, by the monotonic clock, there is no other decision. */
  #notBefore = Number.NEGATIVE_INFINITY;
  #again: Cancel | undefined;
  #warned: ReadonlySet<string> = new Set();
  #said = new Map<string, string>();
  #listed = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    const { store, clock, log } = options;
    this.#view = new View((kind, key) => {
      if (kind === "Service" || kind === "IPAllocation") this.#setbacks.freshStart();
      if (key === undefined || !this.#work.isAbout(kind, key)) this.#request();
    }, options.reading);
    this.#events = new EventRecorder({ store, component: COMPONENT, clock, log });
    this.#setbacks = new Setbacks(clock, () => this.#request());
    this.#poolPace = new PoolPace(clock, () => this.#request());
    this.#work = new Work({
      store,
      records: new Records(store),
      log,
      now: () => formatTime(clock.now()),
      note: (event) => this.#events.note(event),
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
        atLeastEvery: 60_000,
        retry: { first: 100, most: 10_000 },
      },
    );
    this.#election = new LeaderElection({
      store,
      lease: async () => ({ kind: "Lease", namespace: await this.#leaseNamespace(), name: LEASE }),
      identity: options.identity,
      clock,
      log,
      timing: options.leaseTiming,
      onChange: (won) => {
        leading.set(won ? 1 : 0);
        this.#request();
      },
    });
    const leaseNamespace = () => this.#leaseNamespace();
    this.#troubles = new Troubles({ store, clock, log, view: this.#view, election: this.#election, leaseNamespace });
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
      if (!isOvertaken(error)) this.#failures.push(error);
      this.#troubles.met(error);
    }
    if (!this.#work.busy) this.#request();
  }

  #run(): void {
    this.#logFailures();
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
    const [pending, wars] = [this.#pending(), this.#wars.current(now)];
    const snapshot = this.#view.snapshot({ classes, finalizer, pending, wars, now });
    const plan = decide(snapshot, this.#settled, this.#work.room);
    const problems = this.#view.problems();
    const counts = countPools(snapshot);
    const pools = poolPlans(this.#view.cache, counts, problems, formatTime(now));
    end();
    this.#logProblems(problems);
    this.#warn(plan.warnings);
    this.#again?.();
    const { againInMillis } = plan;
    this.#again = againInMillis === undefined ? undefined : clock.after(againInMillis, () => this.#request());
    observePools(counts);
    const services = plan.services.filter((each) => !this.#isAtWar(each, snapshot));
    this.#work.begin({ ...plan, services }, this.#poolPace.due(pools), (service) => this.#view.versionOf(service));
    const ended = clock.monotonic();
    this.#notBefore = ended + DECISION_SHARE * (ended - begun);
  }

  #pending(): Snapshot["pending"] {
    const { keys, takes } = this.#work.pending;
    return { keys: new Set([...keys, ...this.#setbacks.resting]), takes };
  }

  // One that begins now is told of in the next decision.
  #isAtWar({ service, status, takes, releases }: ServicePlan, { now, index, classes }: Snapshot): boolean {
    const { uid, statusWriter } = service;
    // What is given up needs no last word.
    if (!isServed(service, classes)) return false;
    if (status?.ingress === undefined) return !this.#wars.mayTell(uid, now);
    const ours = takes.length === 0 && releases.length === 0 && index.ofService(uid).length > 0;
    if (!ours || statusWriter === undefined || statusWriter === FIELD_MANAGER) return false;
    const war = this.#wars.isOverwritten(uid, this.#view.versionOf(service) ?? "", statusWriter, now);
    if (war) this.#request();
    return war;
  }

  #logFailures(): void {
    const failures = this.#failures;
    this.#failures = [];
    if (failures.length === 0) return;
    this.#options.log.warn(
      { failures: failures.length, first: String(failures[0]) },
      "could not do everything; trying again",
    );
  }

  // Once for each annotation, for as long as it is there.
  #warn(warnings: readonly AnnotationWarning[]): void {
    const warned = new Set<string>();
    for (const { service, key, nearest } of warnings) {
      const id = `${service.uid} ${key}`;
      warned.add(id);
      if (this.#warned.has(id)) continue;
      const { namespace, name, uid } = service;
      const message = `The annotation ${key} means nothing to Fairlead: is ${nearest} meant?`;
      this.#options.log.warn(
        { service: `${namespace}/${name}`, reason: UNKNOWN_ANNOTATION, why: message },
        "unknown annotation",
      );
      const object = { kind: "Service", namespace, name } as const;
      this.#events.note({ object, uid, type: "Warning", reason: UNKNOWN_ANNOTATION, message });
    }
    this.#warned = warned;
  }

  // Pools say what is wrong in their own status; an unreadable Service has only the log. Once for each change.
  #logProblems(problems: readonly Problem[]): void {
    const said = new Map<string, string>();
    for (const [object, own] of Map.groupBy(problems, ({ object }) => `${object.kind}/${objectKey(object)}`)) {
      const text = describeProblems(own);
      said.set(object, text);
      if (this.#said.get(object) !== text) this.#options.log.warn({ object, why: text }, "object cannot be used");
    }
    this.#said = said;
  }

  // Started by hand on a cluster where nothing but the CRDs is installed, there is no namespace of our own. Whoever may not
  // look has a role, and so a namespace, of ours.
  async #leaseNamespace(): Promise<string> {
    const { namespace, store } = this.#options;
    if (namespace !== undefined) return namespace;
    try {
      const own = await store.get({ kind: "Namespace", name: OWN_NAMESPACE });
      return own === undefined ? "kube-system" : OWN_NAMESPACE;
    } catch (error) {
      if (error instanceof StoreError && error.reason === "Forbidden") return OWN_NAMESPACE;
      throw error;
    }
  }
}
