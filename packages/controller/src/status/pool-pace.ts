import type { Cancel, Clock, Millis } from "@fairlead/runtime";
import type { PoolPlan } from "./pool-plan.ts";

/** Counts of one pool are written this often at most: while thousands of Services are served, each would change them. */
const EVERY: Millis = 1_000;

/** Says when the status of each pool may be written; a change of its conditions always may. */
export class PoolPace {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  readonly #written = new Map<string, Millis>();
  #timer: Cancel | undefined;

  /** @param onDue - called when a status that had to wait may be written. */
  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Those of the statuses that may be written now. */
  due(plans: readonly PoolPlan[]): PoolPlan[] {
    const now = this.#clock.monotonic();
    for (const [uid, at] of this.#written) if (now - at >= EVERY) this.#written.delete(uid);
    const due = plans.filter(({ uid, condition }) => condition !== undefined || !this.#written.has(uid));
    for (const { uid } of due) this.#written.set(uid, now);
    if (due.length < plans.length) this.#wait();
    return due;
  }

  /** Calls nobody any more. */
  stop(): void {
    this.#timer?.();
  }

  #wait(): void {
    this.#timer ??= this.#clock.after(EVERY, () => {
      this.#timer = undefined;
      this.#onDue();
    });
  }
}
