import type { Clock, Millis } from "./ports.ts";

/** What is waited for without asking again and again: whoever changes something says so. */
export class Condition {
  readonly #clock: Clock;
  readonly #checks = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something may hold by now. */
  changed(): void {
    for (const check of this.#checks) check();
  }

  /** Resolves when something holds, looked at now and after each change, or at `end` by the monotonic clock. */
  async until(holds: () => boolean, end: Millis): Promise<void> {
    if (holds()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const check = () => {
      if (holds()) resolve();
    };
    this.#checks.add(check);
    const cancel = this.#clock.after(Math.max(0, end - this.#clock.monotonic()), resolve);
    await promise;
    cancel();
    this.#checks.delete(check);
  }
}
