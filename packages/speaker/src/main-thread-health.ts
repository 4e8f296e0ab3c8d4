import { type Clock, type Health, type Millis, readiness, type Verdict } from "@fairlead/runtime";

/** How often the main thread says that it runs. */
export const BEAT_MILLIS: Millis = 1_000;

/** How long the main thread may be silent, in milliseconds. */
export interface BeatLimits {
  /**
   * Until the process counts as dead. Generous: whoever changes a large nftables table holds up all others in the kernel
   * for as long as that takes, and to start again would help nobody. Other speakers take the addresses over at once anyway.
   */
  readonly dead: Millis;
  /** Until it is not ready: meanwhile it answers for nothing. */
  readonly notReady: Millis;
  /** Until a question for its metrics is given up. */
  readonly metrics: Millis;
}

/** The limits of the shipped speaker. */
export const BEAT_LIMITS: BeatLimits = { dead: 300_000, notReady: 5_000, metrics: 5_000 };

/** Health of the main thread as another thread sees it, which answers while the main one waits in the kernel. */
export class MainThreadHealth implements Health {
  readonly #clock: Clock;
  readonly #limits: BeatLimits;
  readonly #askForMetrics: () => void;
  readonly #asked = new Set<(text: string) => void>();
  #beatAt: Millis;
  #notReady: string | undefined = "starting";

  /** @param askForMetrics - has the main thread send its metrics, for {@link takeMetrics}. */
  constructor(clock: Clock, askForMetrics: () => void, limits: BeatLimits) {
    this.#clock = clock;
    this.#limits = limits;
    this.#askForMetrics = askForMetrics;
    this.#beatAt = clock.monotonic();
  }

  /** The main thread runs. @param notReady - why it is not ready, undefined if it is. */
  beat(notReady: string | undefined): void {
    this.#beatAt = this.#clock.monotonic();
    this.#notReady = notReady;
  }

  takeMetrics(text: string): void {
    for (const take of this.#asked) take(text);
    this.#asked.clear();
  }

  healthy(): Verdict {
    if (this.#silence() < this.#limits.dead) return { ok: true, line: `ok: ${this.#lastRan()}` };
    const line = `dead: the main thread must run at least every ${seconds(this.#limits.dead)}; ${this.#lastRan()}`;
    return { ok: false, line };
  }

  ready(): Verdict {
    if (this.#silence() < this.#limits.notReady) return readiness(this.#notReady);
    const line = `the main thread stands still, probably because another program changes a large nftables table: ${this.#lastRan()}`;
    return { ok: false, line };
  }

  metrics(): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const limit = this.#limits.metrics;
    const giveUp = this.#clock.after(limit, () => {
      this.#asked.delete(take);
      const what = `Cannot tell the metrics: the main thread must answer within ${seconds(limit)}`;
      reject(new Error(`${what}; ${this.#lastRan()}`));
    });
    const take = (text: string) => {
      giveUp();
      resolve(text);
    };
    this.#asked.add(take);
    this.#askForMetrics();
    return promise;
  }

  #silence(): Millis {
    return this.#clock.monotonic() - this.#beatAt;
  }

  #lastRan(): string {
    return `the main thread last ran ${seconds(this.#silence())} ago`;
  }
}

function seconds(millis: Millis): string {
  return `${(millis / 1_000).toFixed(1)} s`;
}
