import { metrics } from "./metrics.ts";

/** Why a process is not ready yet, or undefined if it is. */
export type NotReady = () => string | undefined;

/** An answer of the health port: yes or no, and a line that says why. */
export interface Verdict {
  readonly ok: boolean;
  readonly line: string;
}

/** What the health port is asked for. */
export interface Health {
  /** No means that the process must be started again. */
  healthy(): Verdict;
  ready(): Verdict;
  /** Prometheus text. @throws Error that says why there is none now. */
  metrics(): Promise<string>;
}

/** Health of a process that answers by the thread that does the work: healthy if it answers at all. */
export function ownHealth(notReady: NotReady): Health {
  return {
    healthy: () => ({ ok: true, line: "ok" }),
    ready: () => readiness(notReady()),
    metrics: () => metrics.metrics(),
  };
}

/** What /readyz says. */
export function readiness(why: string | undefined): Verdict {
  return { ok: why === undefined, line: why ?? "ok" };
}
