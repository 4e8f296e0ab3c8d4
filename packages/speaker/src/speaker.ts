import { type Clock, type Log, Queue } from "@fairlead/runtime";
import type { Announcer } from "./announce/announcer.ts";
import type { Plan } from "./plan/plan.ts";

/** What a {@link Speaker} needs. */
export interface SpeakerOptions {
  /** Every way to announce; each has the whole plan. */
  readonly announcers: readonly Announcer[];
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each plan that is in effect, and of the one that was until then. */
  readonly onEffect: (plan: Plan, before: Plan | undefined) => void;
}

/** Keeps the order in which a node does what plans say: forwards first, announces then; withdraws first, stops forwarding then. */
export class Speaker {
  readonly #options: SpeakerOptions;
  readonly #queue: Queue;
  #next: { readonly plan: Plan; readonly forward: () => Promise<void> } | undefined;
  #inEffect: Plan | undefined;

  constructor(options: SpeakerOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#queue = new Queue(
      () => this.#apply(),
      (error, retryInMillis) => log.error({ err: String(error), retryInMillis }, "cannot forward; trying again"),
      clock,
      { settle: 0, atLeastEvery: 300_000, retry: { first: 100, most: 5_000 } },
    );
  }

  /** The plan that this node forwards by and announces; undefined before the first. */
  get inEffect(): Plan | undefined {
    return this.#inEffect;
  }

  /** Whether every plan that was taken is in effect, or waits to be tried again. */
  get idle(): boolean {
    return this.#queue.idle;
  }

  /**
   * Takes a new plan; the last one counts.
   *
   * @param forward - has the node forward by what the plan announces; it may be called again. Rejects when that could not be done.
   */
  follow(plan: Plan, forward: () => Promise<void>): void {
    this.#next = { plan, forward };
    this.#queue.request();
  }

  /**
   * Hands all addresses over to other nodes, then stops announcing. Forwarding stays in the kernel: frames that are on
   * their way, and a speaker that starts again, find it.
   */
  async stop(): Promise<void> {
    await this.#queue.stop();
    await Promise.all(this.#options.announcers.map((announcer) => announcer.stop()));
  }

  async #apply(): Promise<void> {
    if (this.#next === undefined) return;
    const { plan, forward } = this.#next;
    const before = this.#inEffect;
    const { announcers, onEffect } = this.#options;
    for (const announcer of announcers) announcer.want(plan, before?.addresses);
    await forward();
    this.#inEffect = plan;
    for (const announcer of announcers) announcer.want(plan, plan.addresses);
    onEffect(plan, before);
  }
}
