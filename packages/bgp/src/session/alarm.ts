import type { Cancel, Clock, Millis } from "@fairlead/runtime";

/**
 * One timer for a deadline that moves: it rings at the deadline or before, and whoever hears it looks. What only postpones the deadline, as
 * each message does, need not set a timer anew.
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #at = Number.POSITIVE_INFINITY;
  #cancel: Cancel = () => {};

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** @param at - the deadline by the monotonic clock; infinity for none. */
  set(at: Millis): void {
    const isNever = at === Number.POSITIVE_INFINITY;
    if (at >= this.#at && !isNever) return;
    this.#cancel();
    this.#at = at;
    if (isNever) return;
    this.#cancel = this.#clock.after(Math.max(0, at - this.#clock.monotonic()), () => {
      this.#at = Number.POSITIVE_INFINITY;
      this.#ring();
    });
  }
}
