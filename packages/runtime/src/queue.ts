import { backoffDelay } from "./backoff.ts";
import type { Cancel, Clock, Millis } from "./ports.ts";

/** How a {@link Queue} paces itself. */
export interface QueueOptions {
  /** Waits this long after a request, so that a burst of changes is one run; looked at for each request. */
  readonly settle: Millis;
  /** Runs at least this often even if nobody asks: repairs what was changed behind our back. */
  readonly atLeastEvery: Millis;
  /** Delay after the first failure in a row, and the longest. */
  readonly retry: { readonly first: Millis; readonly most: Millis };
}

/**
 * Runs one action, never twice at once, whenever someone asks: any number of requests made meanwhile are one more run.
 * A run that fails is tried again with back-off, or as soon as there is a request.
 */
export class Queue {
  readonly #action: () => Promise<void>;
  readonly #onFailure: (error: unknown, retryIn: Millis) => void;
  readonly #clock: Clock;
  readonly #options: QueueOptions;
  #timer: Cancel | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #running: Promise<void> | undefined;
  #requested = false;
  #failures = 0;
  #stopped = false;

  constructor(
    action: () => Promise<void>,
    onFailure: (error: unknown, retryIn: Millis) => void,
    clock: Clock,
    options: QueueOptions,
  ) {
    this.#action = action;
    this.#onFailure = onFailure;
    this.#clock = clock;
    this.#options = options;
  }

  /** Whether no run is under way. */
  get idle(): boolean {
    return this.#running === undefined;
  }

  /** Asks for a run that starts after now. */
  request(): void {
    if (this.#running !== undefined) this.#requested = true;
    else this.#schedule(this.#options.settle);
  }

  /** Starts nothing more, and waits for the run under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.();
    await this.#running;
  }

  #schedule(delay: Millis): void {
    const dueAt = this.#clock.monotonic() + delay;
    if (this.#stopped || dueAt >= this.#dueAt) return;
    this.#timer?.();
    this.#dueAt = dueAt;
    this.#timer = this.#clock.after(delay, () => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#running = this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#requested = false;
    let next = this.#options.atLeastEvery;
    try {
      // Even an action that throws at once must end after this run is known to be under way.
      await undefined;
      await this.#action();
      this.#failures = 0;
      if (this.#requested) next = this.#options.settle;
    } catch (error) {
      this.#failures += 1;
      // What fails for good must not make a newcomer wait; without news, it waits itself.
      next = this.#requested
        ? this.#options.settle
        : backoffDelay(this.#failures, this.#options.retry, this.#clock.random());
      this.#onFailure(error, next);
    }
    this.#running = undefined;
    this.#schedule(next);
  }
}
