import { backoffDelay, type Cancel, type Clock } from "@fairlead/runtime";

const RETRY = { first: 100, most: 10_000 };

interface Setback {
  readonly failures: number;
  readonly overtaken: boolean;
  /** undefined once it may be tried again. */
  readonly resting: Cancel | undefined;
}

/** Pieces of work that failed: each rests a while before it is tried again, longer each time; nothing else waits for it. */
export class Setbacks {
  readonly #clock: Clock;
  readonly #onRested: () => void;
  readonly #setbacks = new Map<string, Setback>();

  /** @param onRested - called when something may be tried again. */
  constructor(clock: Clock, onRested: () => void) {
    this.#clock = clock;
    this.#onRested = onRested;
  }

  /** What rests, by the key of the work. */
  get resting(): string[] {
    return [...this.#setbacks].flatMap(([key, { resting }]) => (resting === undefined ? [] : [key]));
  }

  /** @param overtaken - whether only what was decided on had changed: see {@link freshStart}. */
  failed(key: string, overtaken: boolean): void {
    const before = this.#setbacks.get(key);
    before?.resting?.();
    const failures = (before?.failures ?? 0) + 1;
    const delay = backoffDelay(failures, RETRY, this.#clock.random());
    const resting = this.#clock.after(delay, () => {
      this.#setbacks.set(key, { failures, overtaken, resting: undefined });
      this.#onRested();
    });
    this.#setbacks.set(key, { failures, overtaken, resting });
  }

  succeeded(key: string): void {
    this.#setbacks.get(key)?.resting?.();
    this.#setbacks.delete(key);
  }

  /** What was only overtaken may be tried again: there is news. */
  freshStart(): void {
    for (const [key, { overtaken, resting }] of this.#setbacks) {
      if (!overtaken || resting === undefined) continue;
      resting();
      this.#setbacks.delete(key);
    }
  }

  /** Forgets everything, and calls nobody any more. */
  stop(): void {
    for (const { resting } of this.#setbacks.values()) resting?.();
    this.#setbacks.clear();
  }
}
