import { setTimeout as delay } from "node:timers/promises";

/** Limits of {@link until}. */
export interface UntilOptions {
  /** Gives up after this many milliseconds; 5,000 unless told. */
  readonly withinMillis?: number;
  /** Asks again after this many milliseconds; 20 unless told. */
  readonly everyMillis?: number;
  /** Called before each probe; what it throws ends the waiting at once. For what can no longer come true. */
  readonly check?: () => void;
}

/**
 * Waits until `probe` returns something other than undefined or false, and returns it. A probe that throws is asked again.
 *
 * @throws Error naming `what`, with the last error or value seen, when the time is up.
 */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  { withinMillis = 5_000, everyMillis = 20, check }: UntilOptions = {},
): Promise<T> {
  const deadline = performance.now() + withinMillis;
  let seen: unknown;
  for (;;) {
    check?.();
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      seen = value;
    } catch (error) {
      seen = error;
    }
    if (performance.now() >= deadline) {
      const last = seen instanceof Error ? seen.message : JSON.stringify(seen);
      throw new Error(`Waited ${withinMillis} ms in vain until ${what}; last seen: ${last}`, { cause: seen });
    }
    await delay(everyMillis);
  }
}
