import type { Cancel, Clock, Millis } from "@fairlead/runtime";

const MINUTE: Millis = 60_000;

/** Lets one line a minute through: the first at once, and of those that follow the last one, when the minute is over. */
export class QuietLog {
  readonly #clock: Clock;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #held: ((unsaid: number) => void) | undefined;
  #unsaid = 0;
  #timer: Cancel | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param write - writes the line; it gets how many others were left out since the line before. */
  say(write: (unsaid: number) => void): void {
    const wait = this.#quietUntil - this.#clock.monotonic();
    if (wait <= 0) {
      this.#write(write);
      return;
    }
    if (this.#held !== undefined) this.#unsaid += 1;
    this.#held = write;
    this.#timer ??= this.#clock.after(wait, () => this.flush());
  }

  /** Writes what is held back, at once. */
  flush(): void {
    this.#timer?.();
    this.#timer = undefined;
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#write(held);
  }

  #write(write: (unsaid: number) => void): void {
    this.#quietUntil = this.#clock.monotonic() + MINUTE;
    write(this.#unsaid);
    this.#unsaid = 0;
  }
}
