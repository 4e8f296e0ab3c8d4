import type { Millis } from "@fairlead/runtime";

/** A node that has just become ready takes nothing over for this long while others can: it may not last. */
const WARM_UP: Millis = 2_000;

const FLAPS = 3;
const FLAPS_WITHIN: Millis = 60_000;
const FIRST_HOLD: Millis = 60_000;
const LONGEST_HOLD: Millis = 600_000;
/** Holds that are further apart have nothing to do with each other. */
const FORGIVEN_AFTER: Millis = 600_000;

/** How much this node is to be relied on, as it sees itself. */
export interface Steadiness {
  /** When it became able to forward what it announces; undefined before. */
  readonly readyAt: Millis | undefined;
  /** When its link came back, or it ran again after a stop, of late. */
  readonly flaps: readonly Millis[];
  /** Until when it is held down. */
  readonly heldUntil: Millis;
  /** How long that was for; 0 if it never was. */
  readonly held: Millis;
}

/** Why a node takes over only what nobody else can. */
export type Reluctance = "WarmingUp" | "HoldDown";

/** Of a speaker that has just started. */
export const UNKNOWN_STEADINESS: Steadiness = {
  readyAt: undefined,
  flaps: [],
  heldUntil: Number.NEGATIVE_INFINITY,
  held: 0,
};

/** Why this node is reluctant now; undefined if it is not. */
export function reluctanceAt({ readyAt, heldUntil }: Steadiness, now: Millis): Reluctance | undefined {
  if (now < heldUntil) return "HoldDown";
  return readyAt === undefined || now < readyAt + WARM_UP ? "WarmingUp" : undefined;
}

/** When that may change by itself; Infinity if never. */
export function steadierAt({ readyAt, heldUntil }: Steadiness, now: Millis): Millis {
  const next = [heldUntil, (readyAt ?? Number.POSITIVE_INFINITY) + WARM_UP].filter((time) => time > now);
  return Math.min(Number.POSITIVE_INFINITY, ...next);
}

/**
 * After the link came back, or the node ran again. The third time within a minute, the node is held down: for a minute,
 * and twice as long each time that it comes to that again soon after, ten minutes at most.
 */
export function flapped(before: Steadiness, now: Millis): Steadiness {
  const flaps = [...before.flaps.filter((at) => now - at < FLAPS_WITHIN), now];
  if (flaps.length < FLAPS) return { ...before, flaps };
  const again = before.held > 0 && now - before.heldUntil < FORGIVEN_AFTER;
  const held = again ? Math.min(2 * before.held, LONGEST_HOLD) : FIRST_HOLD;
  return { ...before, flaps: [], held, heldUntil: now + held };
}
