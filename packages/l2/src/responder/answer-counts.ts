import type { Gate } from "@fairlead/nftables";
import type { Clock, Millis } from "@fairlead/runtime";

/** How often the counters are read. */
const READ_EVERY: Millis = 5_000;

/** What {@link AnswerCounts} work with. */
export interface AnswerCountsOptions {
  readonly clock: Clock;
  /** Told of what became of requests since it was told last: "Answered", or why not. */
  readonly onOutcome: (outcome: string, count: number) => void;
}

/** What the kernel has counted of its answers on one link: its counters, named by outcome, begin anew with each table. */
export class AnswerCounts {
  readonly #options: AnswerCountsOptions;
  #told: ReadonlyMap<string, number> = new Map();
  #readAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(options: AnswerCountsOptions) {
    this.#options = options;
  }

  /** Reads the counters, unless that was done a moment ago. */
  look(gate: Gate): void {
    if (this.#options.clock.monotonic() - this.#readAt >= READ_EVERY) this.#read(gate);
  }

  /** To be called before the table goes: reads what it has counted. */
  beginAnew(gate: Gate): void {
    this.#read(gate);
    this.#told = new Map();
  }

  #read(gate: Gate): void {
    const { clock, onOutcome } = this.#options;
    this.#readAt = clock.monotonic();
    let counted: ReadonlyMap<string, number> | undefined;
    try {
      counted = gate.counters();
    } catch {
      // Answers matter more than their number.
    }
    if (counted === undefined) return;
    for (const [outcome, count] of counted) {
      const told = this.#told.get(outcome) ?? 0;
      // Fewer than before: somebody else has removed the table, and it was made again.
      const more = count < told ? count : count - told;
      if (more > 0) onOutcome(outcome, more);
    }
    this.#told = counted;
  }
}
