import type { StatusPatch } from "@fairlead/kube";
import type { Clock, Millis } from "@fairlead/runtime";
import type { Reporter } from "../ports.ts";

/** How long changes are gathered for one report, at least. */
const SETTLE: Millis = 20;

/** Reports take at most a part in so many of the time: each is as long as the plan, and thousands of moves come at once. */
const SHARE = 20;

/** What a {@link StatusReport} needs. */
export interface StatusReportOptions {
  readonly clock: Clock;
  readonly reporter: Pick<Reporter, "status">;
  /** The whole status; undefined while there is none to report. */
  readonly status: () => StatusPatch | undefined;
}

/** Reports the status of a speaker when something of it may have changed. */
export class StatusReport {
  readonly #options: StatusReportOptions;
  #due = false;
  /** How long the last one took. */
  #took: Millis = 0;

  constructor(options: StatusReportOptions) {
    this.#options = options;
  }

  /** Reports it in a moment. */
  soon(): void {
    if (this.#due) return;
    this.#due = true;
    this.#options.clock.after(Math.max(SETTLE, SHARE * this.#took), () => {
      this.#due = false;
      this.now();
    });
  }

  /** Reports it at once. */
  now(): void {
    const { clock, reporter, status } = this.#options;
    const begun = clock.monotonic();
    const now = status();
    if (now !== undefined) reporter.status(now);
    this.#took = clock.monotonic() - begun;
  }
}
