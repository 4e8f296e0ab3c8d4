import type { Millis } from "@fairlead/runtime";

/** After taking an address: at once, then with growing distance, in case a switch or a neighbour was not ready yet. */
const BURST: readonly Millis[] = [0, 50, 150, 400, 1_000, 2_000, 4_000];

/** Thereafter, for neighbours and switches whose caches outlive what they have heard. */
const REFRESH: Millis = 60_000;

/** Whether an announcement belongs to the burst; `sent` as in {@link announcementDue}. */
export function isBurst(sent: number): boolean {
  return sent < BURST.length;
}

/**
 * When the next gratuitous announcement of an address is due, in milliseconds after it was taken (or must be announced
 * anew): a burst, then a slow refresh, each up to a tenth early so that many addresses do not come at once.
 *
 * @param sent - number of announcements sent so far.
 * @param random - a number in [0, 1).
 */
export function announcementDue(sent: number, random: number): Millis {
  const inBurst = BURST[sent];
  if (inBurst !== undefined) return inBurst;
  const refreshes = sent - BURST.length + 1;
  return (BURST.at(-1) ?? 0) + REFRESH * (refreshes - random / 10);
}
