/** One request of a {@link "./probe.ts"} run. Times are CLOCK_MONOTONIC in milliseconds: the same clock in every process. */
export interface ProbeResult {
  /** When the connection was opened. */
  readonly startedAt: number;
  /** When the answer was complete, or when the attempt failed or was given up. */
  readonly endedAt: number;
  /** Who answered; absent when nobody did. */
  readonly pod?: string;
  /** The client's address as the workload saw it; absent when nobody answered. */
  readonly client?: string;
  /** Why there was no answer, as an error code ("ETIMEDOUT", "ECONNREFUSED"); absent when there was one. */
  readonly error?: string;
}

/** A span without an answer, in milliseconds of CLOCK_MONOTONIC. */
export interface Gap {
  readonly millis: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The longest span in which no answer came, between the first attempt's start and the last attempt's start; an answer
 * that comes after the last start ends the span, so that a healthy run has no gap at its end.
 *
 * Attempts may be in any order. Without attempts there is no gap: undefined.
 */
export function longestGap(results: readonly ProbeResult[]): Gap | undefined {
  if (results.length === 0) return undefined;
  const starts = results.map((result) => result.startedAt);
  const first = starts.reduce((a, b) => Math.min(a, b));
  const last = starts.reduce((a, b) => Math.max(a, b));
  const answers = results.filter((result) => result.error === undefined).map((result) => result.endedAt);
  answers.sort((a, b) => a - b);
  const marks = [...answers, Math.max(last, answers.at(-1) ?? last)];
  let from = first;
  let longest: Gap = { millis: 0, from, to: from };
  for (const to of marks) {
    if (to - from > longest.millis) longest = { millis: to - from, from, to };
    from = to;
  }
  return longest;
}

/** CLOCK_MONOTONIC in milliseconds, to set an event beside the times of a {@link ProbeResult}. */
export function monotonicMillis(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
