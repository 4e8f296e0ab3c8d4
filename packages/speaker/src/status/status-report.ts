import type { StatusPatch } from "@fairlead/kube";
import type { Clock, Millis } from "@fairlead/runtime";
import type { Reporter } from "../ports.ts";

/** How long changes are gathered for one report: a report is as long as the plan, and thousands of moves come at once. */
const SETTLE: Millis = 20;

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

  constructor(options: StatusReportOptions) {
    this.#options = options;
  }

  /** Reports it in a moment. */
  soon(): void {
    if (this.#due) return;
    this.#due = true;
    this.#options.clock.after(SETTLE, () => {
      this.#due = false;
      this.now();
    });
  }

  /** Reports it at once. */
  now(): void {
    const status = this.#options.status();
    if (status !== undefined) this.#options.reporter.status(status);
  }
}
