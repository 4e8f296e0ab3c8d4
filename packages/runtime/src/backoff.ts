import type { Millis } from "./ports.ts";

/** How long to wait between attempts at something that fails. */
export interface BackoffLimits {
  readonly first: Millis;
  readonly most: Millis;
}

/**
 * Delay before the next attempt: doubles from `first` to `most`, then anything from half of that to all of it, so that
 * many clients of one server do not come back at once.
 *
 * @param failures - failures in a row so far, at least 1.
 * @param random - a number in [0, 1).
 */
export function backoffDelay(failures: number, { first, most }: BackoffLimits, random: number): Millis {
  const full = Math.min(most, first * 2 ** Math.min(failures - 1, 30));
  return full / 2 + (full / 2) * random;
}
