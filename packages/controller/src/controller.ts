import { EventRecorder, LeaderElection, type LeaseTiming, ObjectCache, type Store } from "@fairlead/kube";
import { type ClassFilter, describeProblems, objectKey, type Problem } from "@fairlead/model";
import { type Clock, type Log, Queue } from "@fairlead/runtime";
import { apply } from "./apply.ts";
import { type AnnotationWarning, decide } from "./decide.ts";
import { decisionSeconds, leading, poolAddresses } from "./metrics.ts";
import { CONTROLLER_KINDS, takeSnapshot } from "./snapshot.ts";
import { countPools, poolPlans } from "./status/pool-plan.ts";

/** What a {@link Controller} needs. */
export interface ControllerOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly classes: ClassFilter;
  /** Differs from that of every other replica, past ones included. */
  readonly identity: string;
  /** Namespace of the Lease; undefined for fairlead-system, or kube-system where that does not exist. */
  readonly namespace: string | undefined;
  readonly leaseTiming: LeaseTiming;
}

const COMPONENT = "fairlead-controller";
const UNKNOWN_ANNOTATION = "UnknownAnnotation";
const OWN_NAMESPACE = "fairlead-system";

/** Gives external addresses to Services, while it leads: cache → decide → apply, again and again. */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #cache: ObjectCache;
  readonly #queue: Queue;
  readonly #election: LeaderElection;
  readonly #events: EventRecorder;
  #warned: ReadonlySet<string> = new Set();
  #said = new Map<string, string>();

  constructor(options: ControllerOptions) {
    this.#options = options;
    const { store, clock, log } = options;
    this.#cache = new ObjectCache(() => this.#queue.request());
    this.#events = new EventRecorder({ store, component: COMPONENT, clock, log });
    this.#queue = new Queue(
      () => this.#run(),
      (error, retryInMillis) =>
        log.warn({ err: String(error), retryInMillis }, "could not do everything; trying again"),
      clock,
      { settle: 2, atLeastEvery: 60_000, retry: { first: 100, most: 10_000 } },
    );
    this.#election = new LeaderElection({
      store,
      lease: async () => ({ kind: "Lease", namespace: await this.#leaseNamespace(), name: COMPONENT }),
      identity: options.identity,
      clock,
      log,
      timing: options.leaseTiming,
      onChange: (won) => {
        leading.set(won ? 1 : 0);
        this.#queue.request();
      },
    });
  }

  /** Begins to watch, and to compete for leadership. */
  start(): void {
    this.#options.store.watch(CONTROLLER_KINDS, this.#cache);
    this.#election.start();
  }

  /** Why the controller is not ready, or undefined if it is. A replica that does not lead is ready. */
  notReady(): string | undefined {
    return this.#cache.synced(CONTROLLER_KINDS) ? undefined : "waiting for the first list of every kind";
  }

  /** Finishes what is under way, and gives leadership back. */
  async stop(): Promise<void> {
    await this.#queue.stop();
    this.#events.stop();
    await this.#election.stop().catch((error) => {
      this.#options.log.warn({ err: String(error) }, "cannot give the lease back; it will expire");
    });
    await this.#options.store.stop();
  }

  async #run(): Promise<void> {
    const { store, clock, log, classes } = this.#options;
    if (!this.#cache.synced(CONTROLLER_KINDS) || !this.#election.leading) return;
    const now = new Date(clock.now()).toISOString();
    const end = decisionSeconds.startTimer();
    const { snapshot, versions, problems: unread } = takeSnapshot(this.#cache, classes);
    const plan = decide(snapshot);
    const problems = [...unread, ...plan.problems];
    const counts = countPools(plan);
    const pools = poolPlans(this.#cache, counts, problems, now);
    end();
    this.#logProblems(problems);
    this.#warn(plan.warnings);
    observePools(counts);
    const outcome = await apply(plan, pools, {
      store,
      log,
      now,
      versions,
      note: (event) => this.#events.note(event),
    });
    if (outcome.incomplete) this.#queue.request();
    if (outcome.failures.length > 0) {
      throw new AggregateError(
        outcome.failures,
        `${outcome.failures.length} writes failed, first: ${outcome.failures[0]}`,
      );
    }
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

  // Started by hand on a cluster where nothing but the CRDs is installed, there is no namespace of our own.
  async #leaseNamespace(): Promise<string> {
    const { namespace, store } = this.#options;
    if (namespace !== undefined) return namespace;
    const own = await store.get({ kind: "Namespace", name: OWN_NAMESPACE });
    return own === undefined ? "kube-system" : OWN_NAMESPACE;
  }
}

function observePools(counts: ReturnType<typeof countPools>): void {
  poolAddresses.reset();
  for (const [pool, ofPool] of counts) {
    for (const [name, count] of Object.entries(ofPool)) {
      const [state = "", family = ""] = name.split(/(?=IPv)/);
      poolAddresses.set({ pool, family, state }, count);
    }
  }
}
