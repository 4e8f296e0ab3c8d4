import type { Cancel, Clock } from "./ports.ts";

/**
 * Runs actions in order, at once while they are few; of thousands in one turn of the event loop, it leaves the rest to
 * later turns, so that what must be in time (heartbeats) comes in between.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #perTurn: number;
  readonly #waiting: (() => void)[] = [];
  #left: number;
  #timer: Cancel | undefined;

  /** @param perTurn - actions run in one turn at most. */
  constructor(clock: Clock, perTurn: number) {
    this.#clock = clock;
    this.#perTurn = perTurn;
    this.#left = perTurn;
  }

  /** Runs `action` now, or in its turn. */
  run(action: () => void): void {
    this.#waiting.push(action);
    this.#work();
    this.#timer ??= this.#clock.after(0, () => this.#nextTurn());
  }

  /** Runs all that waits. */
  flush(): void {
    this.#left = Number.POSITIVE_INFINITY;
    this.#work();
    this.#timer?.();
    this.#timer = undefined;
    this.#left = this.#perTurn;
  }

  #nextTurn(): void {
    this.#timer = undefined;
    this.#left = this.#perTurn;
    this.#work();
    if (this.#waiting.length > 0) this.#timer = this.#clock.after(0, () => this.#nextTurn());
  }

  #work(): void {
    const now = this.#waiting.splice(0, this.#left);
    this.#left -= now.length;
    for (const action of now) action();
  }
}
