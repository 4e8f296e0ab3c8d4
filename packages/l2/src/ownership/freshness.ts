import type { Millis } from "@fairlead/runtime";
import { type Heartbeat, MOST_ECHOES } from "../packet/heartbeat.ts";

/** Which of all the heartbeats of a speaker: of which start, and which number of it. */
interface Mark {
  readonly incarnation: bigint;
  readonly sequence: number;
}

/**
 * What tells a heartbeat that was sent just now from a recording. Of a speaker that is known, only what is newer than all
 * before it counts. One that is not (never heard of, or started anew) must repeat a number first that was chosen a
 * moment ago: a recording cannot have it.
 */
export interface Freshness {
  /** The last heartbeat taken from each speaker, live or not. */
  readonly last: ReadonlyMap<string, Mark>;
  /** The number that others are to repeat. */
  readonly challenge: bigint;
  /** When it was chosen. */
  readonly chosenAt: Millis;
  /** When somebody was last to prove itself. */
  readonly doubtedAt: Millis;
  /** The numbers that others want repeated. */
  readonly asked: ReadonlyMap<string, Mark & { readonly challenge: bigint; readonly at: Millis }>;
}

/**
 * `Fresh`: newer than all before it. `Late`: of the present start, but overtaken, repeated, or a recording. `Replayed`: of
 * an earlier start. `Unproven`: of a speaker that has not repeated the challenge yet.
 */
export type FreshnessVerdict = "Fresh" | "Late" | "Replayed" | "Unproven";

/**
 * One that knows nobody yet: everybody is to prove itself.
 *
 * @param seed - the first challenge; not 0, and not that of an earlier start.
 */
export function knowNobody(seed: bigint, now: Millis): Freshness {
  return { last: new Map(), challenge: seed, chosenAt: now, doubtedAt: now, asked: new Map() };
}

/** The number that others are to repeat now; 0 if nobody needs to. */
export function challengeNow(freshness: Freshness, detection: Millis, now: Millis): bigint {
  return isOpen(freshness, detection, now) ? freshness.challenge : 0n;
}

/** The numbers to repeat to others now. */
export function echoesNow({ asked }: Freshness, detection: Millis, now: Millis): readonly bigint[] {
  const recent = [...asked.values()].filter(({ at }) => now - at < detection);
  return recent.slice(-MOST_ECHOES).map(({ challenge }) => challenge);
}

/**
 * What to make of a heartbeat.
 *
 * @param live - whether its sender is among the live speakers.
 * @param detection - time after which a speaker counts as gone.
 */
export function judge(
  before: Freshness,
  heartbeat: Heartbeat,
  live: boolean,
  detection: Millis,
  now: Millis,
): { readonly next: Freshness; readonly verdict: FreshnessVerdict } {
  const freshness = noteChallenge(before, heartbeat, detection, now);
  const { node, incarnation, sequence, echoes } = heartbeat;
  const last = freshness.last.get(node);
  const isProven =
    last?.incarnation === incarnation
      ? sequence > last.sequence
      : isOpen(freshness, detection, now) &&
        echoes.includes(freshness.challenge) &&
        incarnation > (last?.incarnation ?? -1n);
  if (isProven) {
    const taken = new Map(freshness.last).set(node, { incarnation, sequence });
    return { next: { ...freshness, last: taken }, verdict: "Fresh" };
  }
  if (last?.incarnation === incarnation) return { next: freshness, verdict: "Late" };
  const isEarlier = last !== undefined && incarnation < last.incarnation;
  if (isEarlier && live) return { next: freshness, verdict: "Replayed" };
  // A node whose clock was set back starts anew with a lower incarnation: once the number is another one, so that no
  // recording can have it, nothing more need be known of its earlier starts.
  const next = doubt(freshness, isEarlier ? node : undefined, detection, now);
  return { next, verdict: isEarlier ? "Replayed" : "Unproven" };
}

function isOpen({ doubtedAt }: Freshness, detection: Millis, now: Millis): boolean {
  return now - doubtedAt < detection;
}

function doubt(freshness: Freshness, forget: string | undefined, detection: Millis, now: Millis): Freshness {
  const keep = isOpen(freshness, detection, now) && now - freshness.chosenAt < 2 * detection;
  if (keep) return { ...freshness, doubtedAt: now };
  const last = new Map(freshness.last);
  if (forget !== undefined) last.delete(forget);
  const challenge = BigInt.asUintN(64, freshness.challenge + 1n) || 1n;
  return { ...freshness, last, challenge, chosenAt: now, doubtedAt: now };
}

// Also of those that have not proved themselves: two that do not know each other have to begin somehow. Of recordings
// and the real one, the real one's is the latest.
function noteChallenge(freshness: Freshness, heartbeat: Heartbeat, detection: Millis, now: Millis): Freshness {
  const { node, incarnation, sequence, challenge } = heartbeat;
  const noted = freshness.asked.get(node);
  const isNewer =
    noted === undefined ||
    now - noted.at >= detection ||
    incarnation > noted.incarnation ||
    (incarnation === noted.incarnation && sequence > noted.sequence);
  if (challenge === 0n || !isNewer) return freshness;
  const asked = new Map(freshness.asked);
  // Moved to the end: the latest come first to be answered.
  asked.delete(node);
  return { ...freshness, asked: asked.set(node, { incarnation, sequence, challenge, at: now }) };
}
