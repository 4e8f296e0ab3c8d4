import type { ObjectRef } from "@fairlead/model";
import { type Cancel, type Clock, formatTime, type Log, type Millis } from "@fairlead/runtime";
import { type RawObject, type Store, StoreError } from "./ports.ts";

/** How leadership is timed. A leader that cannot renew gives up before another can take over. */
export interface LeaseTiming {
  /** How long a lease holds without renewal; whole seconds. */
  readonly duration: Millis;
  /** A leader that could not renew for this long steps down; less than `duration`. */
  readonly renewDeadline: Millis;
  /** Time from one attempt to the next; one that takes longer is followed at once. */
  readonly retry: Millis;
}

/**
 * 8 s lease, 6 s deadline, 1 s between attempts: a leader that died is followed soon, and one whose every request takes
 * two seconds goes on leading. Two that both take themselves for leaders do no harm, since creating an IPAllocation is
 * what claims an address.
 */
export const DEFAULT_LEASE_TIMING: LeaseTiming = { duration: 8_000, renewDeadline: 6_000, retry: 1_000 };

/** What a {@link LeaderElection} needs. */
export interface LeaderElectionOptions {
  readonly store: Store;
  /** Which Lease; asked until it can be said, then kept. */
  readonly lease: () => Promise<ObjectRef>;
  /** Who we are: differs from every other candidate, a former self included. */
  readonly identity: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly timing: LeaseTiming;
  /** Told when leadership is won or lost. */
  readonly onChange: (leading: boolean) => void;
}

interface Observed {
  readonly version: string;
  readonly at: Millis;
}

/**
 * Leadership by a coordination.k8s.io/v1 Lease. A lease counts as expired only after its duration has passed on our own
 * clock since we last saw it change, so clocks need not agree.
 */
export class LeaderElection {
  readonly #options: LeaderElectionOptions;
  #leading = false;
  #renewedAt: Millis = 0;
  #observed: Observed = { version: "", at: 0 };
  #timer: Cancel = () => {};
  #deadline: Cancel = () => {};
  #attempt: Promise<void> = Promise.resolve();
  #stopped = false;
  #lease: ObjectRef | undefined;
  #failure: StoreError | undefined;
  /** The Lease as we wrote it last; undefined when it must be read first. */
  #held: RawObject | undefined;

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
  }

  /** Whether we may act now. */
  get leading(): boolean {
    const { clock, timing } = this.#options;
    return this.#leading && clock.monotonic() - this.#renewedAt < timing.renewDeadline;
  }

  /** Why the last attempt failed; undefined if it did not. That another leads is no failure. */
  get failure(): StoreError | undefined {
    return this.#failure;
  }

  /** Begins to compete. */
  start(): void {
    this.#attempt = this.#run();
  }

  /** Stops competing, and gives the lease back so that another need not wait for its end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer();
    await this.#attempt;
    this.#deadline();
    if (!this.#leading || this.#lease === undefined) return;
    this.#set(false);
    const held = await this.#options.store.get(this.#lease);
    if (held !== undefined && holder(held) === this.#options.identity) {
      await this.#options.store.replace({ ...held, spec: { ...spec(held), holderIdentity: "" } });
    }
  }

  async #run(): Promise<void> {
    const { clock, log, timing } = this.#options;
    const started = clock.monotonic();
    try {
      this.#set(await this.#tryAcquire());
      this.#failure = undefined;
    } catch (error) {
      if (error instanceof StoreError) this.#failure = error;
      log.warn({ err: String(error) }, "cannot renew the lease; trying again");
    }
    if (this.#stopped) return;
    this.#timer = clock.after(Math.max(0, timing.retry - (clock.monotonic() - started)), () => {
      this.#attempt = this.#run();
    });
  }

  async #tryAcquire(): Promise<boolean> {
    const { store, identity, clock, timing } = this.#options;
    this.#lease ??= await this.#options.lease();
    const lease = this.#lease;
    const held = this.#held ?? (await store.get(lease));
    this.#held = undefined;
    try {
      if (held === undefined) {
        const began = clock.monotonic();
        this.#held = await store.create(this.#object(lease, {}, 0));
        this.#renewed(began);
        return true;
      }
      const version = held.metadata.resourceVersion ?? "";
      if (version !== this.#observed.version) this.#observed = { version, at: clock.monotonic() };
      const current = holder(held);
      const expired = clock.monotonic() - this.#observed.at >= timing.duration;
      if (current !== identity && current !== "" && !expired) return false;
      const transitions = Number(spec(held).leaseTransitions ?? 0) + (current === identity ? 0 : 1);
      const began = clock.monotonic();
      this.#held = await store.replace(this.#object(lease, { ...held, spec: spec(held) }, transitions));
      this.#renewed(began);
      return true;
    } catch (error) {
      // Another was faster.
      if (error instanceof StoreError && (error.reason === "Conflict" || error.reason === "AlreadyExists"))
        return false;
      throw error;
    }
  }

  // Whoever waits to lead again is told, however short it was.
  #renewed(began: Millis): void {
    const { clock, timing } = this.#options;
    this.#renewedAt = began;
    this.#deadline();
    this.#deadline = clock.after(began + timing.renewDeadline - clock.monotonic(), () => this.#set(false));
  }

  #object(
    lease: ObjectRef,
    held: Partial<RawObject> & { spec?: Record<string, unknown> },
    leaseTransitions: number,
  ): RawObject {
    const { identity, clock, timing } = this.#options;
    // MicroTime of the API: RFC 3339 with six digits of fraction.
    const now = formatTime(clock.now()).replace("Z", "000Z");
    const acquireTime = held.spec?.holderIdentity === identity ? held.spec.acquireTime : now;
    return {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: held.metadata ?? {
        ...(lease.namespace !== undefined && { namespace: lease.namespace }),
        name: lease.name,
      },
      spec: {
        ...held.spec,
        holderIdentity: identity,
        leaseDurationSeconds: timing.duration / 1000,
        acquireTime,
        renewTime: now,
        leaseTransitions,
      },
    };
  }

  #set(leading: boolean): void {
    if (leading === this.#leading) return;
    this.#leading = leading;
    this.#options.log.info({ identity: this.#options.identity }, leading ? "leading" : "no longer leading");
    this.#options.onChange(leading);
  }
}

function spec(lease: RawObject): Record<string, unknown> {
  return (lease.spec ?? {}) as Record<string, unknown>;
}

function holder(lease: RawObject): string {
  return String(spec(lease).holderIdentity ?? "");
}
