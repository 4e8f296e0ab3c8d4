import type { Millis } from "@fairlead/runtime";

/** How an IPv4 address is announced: gratuitous ARP as a request, or as a reply. Some neighbours learn by one of them alone. */
export type Form = "request" | "reply";

/** When the announcements of a burst come, in milliseconds after an address was taken, and in which forms. */
export type Burst = readonly { readonly at: Millis; readonly forms: readonly Form[] }[];

/** What neighbours of every kind learn by. */
export const BOTH_FORMS: readonly Form[] = ["request", "reply"];

/** At once, then with growing distance, in case a switch or a neighbour was not ready yet. */
const BURST: Burst = [0, 50, 150, 400, 1_000, 2_000, 4_000].map((at) => ({ at, forms: BOTH_FORMS }));

/** Of very many addresses: once in each form. */
const SHORT_BURST: Burst = [
  { at: 0, forms: ["request"] },
  { at: 1_000, forms: ["reply"] },
];

/** Addresses taken at the same time of which the whole burst would flood the link: 14 frames each. */
const CROWD = 256;

/** Thereafter, for neighbours and switches whose caches outlive what they have heard. */
const REFRESH: Millis = 60_000;

/** The burst of an address that is taken while so many others are being announced in bursts. */
export function burstAmong(others: number): Burst {
  return others < CROWD ? BURST : SHORT_BURST;
}

/** Whether an announcement belongs to the burst; `sent` as in {@link announcementDue}. */
export function isBurst(sent: number, burst: Burst): boolean {
  return sent < burst.length;
}

/** The forms of an announcement; `sent` as in {@link announcementDue}. */
export function formsOf(sent: number, burst: Burst): readonly Form[] {
  return burst[sent]?.forms ?? BOTH_FORMS;
}

/**
 * When the next gratuitous announcement of an address is due, in milliseconds after it was taken (or must be announced
 * anew): a burst, then a slow refresh, each up to a tenth early so that many addresses do not come at once.
 *
 * @param sent - number of announcements sent so far.
 * @param random - a number in [0, 1).
 */
export function announcementDue(sent: number, random: number, burst: Burst): Millis {
  const inBurst = burst[sent];
  if (inBurst !== undefined) return inBurst.at;
  const refreshes = sent - burst.length + 1;
  return (burst.at(-1)?.at ?? 0) + REFRESH * (refreshes - random / 10);
}
