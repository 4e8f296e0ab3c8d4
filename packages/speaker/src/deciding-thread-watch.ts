import type { Clock, Log, Millis } from "@fairlead/runtime";
import type { BeatLimits } from "./main-thread-health.ts";
import { decidingStalls } from "./metrics.ts";

/**
 * Watches, from the main thread, whether the one that decides runs: while it stands still this node goes on by the last plan, and
 * nothing is decided, written or served.
 */
export class DecidingThreadWatch {
  readonly #clock: Clock;
  readonly #limits: Pick<BeatLimits, "dead" | "notReady">;
  readonly #log: Log;
  #heardAt: Millis;
  #stands = false;

  constructor(clock: Clock, limits: Pick<BeatLimits, "dead" | "notReady">, log: Log) {
    this.#clock = clock;
    this.#limits = limits;
    this.#log = log;
    this.#heardAt = clock.monotonic();
  }

  /** It runs. */
  heard(): void {
    const seconds = this.#silence() / 1_000;
    this.#heardAt = this.#clock.monotonic();
    if (!this.#stands) return;
    this.#stands = false;
    decidingStalls.observe(seconds);
    this.#log.info({ seconds: Math.round(seconds) }, "the deciding thread runs again");
  }

  /** To be called about once a second. @returns why this process cannot go on; undefined if it can. */
  look(): Error | undefined {
    const { dead, notReady } = this.#limits;
    const silence = this.#silence();
    if (silence >= dead) {
      const must = `the deciding thread must run at least every ${dead / 1_000} s`;
      return new Error(`Cannot decide: ${must}; it last ran ${Math.round(silence / 1_000)} s ago`);
    }
    if (silence >= notReady && !this.#stands) {
      this.#stands = true;
      this.#log.warn(
        { seconds: Math.round(silence / 1_000) },
        "the deciding thread stands still; going on by the last plan",
      );
    }
    return undefined;
  }

  #silence(): Millis {
    return this.#clock.monotonic() - this.#heardAt;
  }
}
