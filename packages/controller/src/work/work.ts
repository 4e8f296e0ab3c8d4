import { type Allocation, type KindName, objectKey } from "@fairlead/model";
import { workSeconds } from "../metrics.ts";
import type { Plan } from "../plan/decide.ts";
import type { PoolPlan } from "../status/pool-plan.ts";
import { type Pending, workKey } from "../view/snapshot.ts";
import { type ApplyContext, applyKeeping, applyPool } from "./apply.ts";
import { applyClaim } from "./apply-claim.ts";
import { applyService } from "./apply-service.ts";

/**
 * Pieces of work under way at once at most; twice this many requests are. More than the store has connections, so that none
 * idles; and many more, since each decision looks at all Services: with thousands that wait, the fewer the better.
 */
const MOST = 512;

/** How a piece of work ended. */
export interface WorkEnd {
  /** See {@link workKey}. */
  readonly key: string;
  /** Why it failed; undefined if it did not. */
  readonly error?: unknown;
}

/** What {@link Work} needs. */
export interface WorkOptions extends ApplyContext {
  /** Told of each piece of work that ended. */
  readonly onEnd: (end: WorkEnd) => void;
}

/**
 * The pieces of plans that are being done: one for each object at a time, many at once, none of which waits for another.
 * Decisions go on meanwhile, and take what is under way as it will be.
 */
export class Work {
  readonly #options: WorkOptions;
  readonly #jobs = new Map<string, { readonly takes: readonly Allocation[]; readonly ended: Promise<void> }>();
  readonly #subjects = new Set<string>();

  constructor(options: WorkOptions) {
    this.#options = options;
  }

  /** What is under way. */
  get pending(): Pending {
    return { keys: new Set(this.#jobs.keys()), takes: [...this.#jobs.values()].flatMap(({ takes }) => takes) };
  }

  /** How many pieces of work could be begun now. */
  get room(): number {
    return MOST - this.#jobs.size;
  }

  /** Whether nothing is under way. */
  get idle(): boolean {
    return this.#jobs.size === 0;
  }

  /** Whether so much is under way that a decision would begin little. */
  get busy(): boolean {
    return this.#jobs.size > MOST / 2;
  }

  /** Whether an object is being changed: its changes need no decision before that has ended. */
  isAbout(kind: KindName, key: string): boolean {
    return this.#subjects.has(subject(kind, key));
  }

  /**
   * Begins what a plan says, as far as there is room for it.
   *
   * @param versionOf - resourceVersion of the Service that its plan was made on.
   */
  begin(
    plan: Plan,
    pools: readonly PoolPlan[],
    versionOf: (service: Plan["services"][number]["service"]) => string | undefined,
  ): void {
    const context = this.#options;
    for (const claim of plan.claims) {
      this.#start("IPClaim", claim.claim.uid, claim.takes, () => applyClaim(claim, context));
    }
    for (const each of plan.keeping) {
      this.#start("IPAllocation", each.record.uid, [], () => applyKeeping(each, context));
    }
    for (const each of plan.services) {
      const { service, takes } = each;
      const version = versionOf(service);
      const self = subject("Service", objectKey(service));
      this.#start("Service", service.uid, takes, () => applyService(each, version, context), self);
    }
    for (const pool of pools) this.#start(pool.ref.kind, pool.uid, [], () => applyPool(pool, context));
  }

  /** Waits until nothing is under way. */
  async ended(): Promise<void> {
    await Promise.all(Array.from(this.#jobs.values(), ({ ended }) => ended));
  }

  #start(
    kind: KindName,
    uid: string,
    takes: readonly Allocation[],
    action: () => Promise<void>,
    ...others: string[]
  ): void {
    const key = workKey(kind, uid);
    if (this.#jobs.has(key) || this.#jobs.size >= MOST) return;
    const subjects = [...others, ...takes.map(({ name }) => subject("IPAllocation", name))];
    const run = async () => {
      const end = workSeconds.startTimer({ kind });
      const outcome = await action().then(
        () => ({}),
        (error: unknown) => ({ error }),
      );
      end();
      this.#jobs.delete(key);
      for (const subject of subjects) this.#subjects.delete(subject);
      this.#options.onEnd({ key, ...outcome });
    };
    // Known to be under way before it can end.
    for (const subject of subjects) this.#subjects.add(subject);
    this.#jobs.set(key, { takes, ended: Promise.resolve().then(run) });
  }
}

// Of whatever life: what the API has under this name.
function subject(kind: KindName, key: string): string {
  return `${kind} ${key}`;
}
