import type { Millis } from "@fairlead/runtime";

/** Times of the ownership protocol on one link. */
export interface OwnershipTiming {
  /** Between two heartbeats. */
  readonly interval: Millis;
  /** Silence after which a speaker counts as gone. */
  readonly detection: Millis;
  /** How long a claim stands unanswered before the claimant answers for the address. */
  readonly claim: Millis;
  /** The same for an address that nobody had before, while all on the link are asked whether they have it. */
  readonly probe: Millis;
}

/** 100 ms between heartbeats, 600 ms of silence, 60 ms for a claim, 200 ms for the first one. */
export const DEFAULT_TIMING: OwnershipTiming = { interval: 100, detection: 600, claim: 60, probe: 200 };

/** As {@link DEFAULT_TIMING}, with another detection time, 300 ms or more. */
export function timingFor(detection: Millis): OwnershipTiming {
  return { ...DEFAULT_TIMING, detection, interval: Math.round(detection / 6) };
}
