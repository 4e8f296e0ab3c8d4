import type { Clock, Millis } from "../ports.ts";

/** A clock that moves only when told to. */
export class FakeClock implements Clock {
  #time: Millis = 1_000_000;
  #timers: { at: Millis; action: () => void }[] = [];
  /** What random() returns. */
  nextRandom = 0.5;
  /** Lets go on what was begun before the time does: twenty turns of promises, unless a test waits for longer chains. */
  settle: () => Promise<void> = settled;

  now(): Millis {
    return this.#time;
  }

  monotonic(): Millis {
    return this.#time;
  }

  random(): number {
    return this.nextRandom;
  }

  after(delay: Millis, action: () => void): () => void {
    const timer = { at: this.#time + delay, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Moves time forward, running every timer that falls due, in order; promises settle in between. */
  async advance(by: Millis): Promise<void> {
    const end = this.#time + by;
    for (;;) {
      await this.settle();
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#time = Math.max(this.#time, due.at);
      due.action();
    }
    this.#time = end;
    await this.settle();
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}
