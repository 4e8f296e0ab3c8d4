import type { Millis } from "@fairlead/runtime";

/** The timers of RFC 4271 §8 and RFC 9687, by when they expire; never, if they do not run. */
export interface Timers {
  readonly connectRetry: Millis;
  readonly hold: Millis;
  readonly keepalive: Millis;
  readonly delayOpen: Millis;
  readonly idleHold: Millis;
  readonly sendHold: Millis;
}

const NEVER = Number.POSITIVE_INFINITY;

/** No timer runs. */
export const STOPPED: Timers = {
  connectRetry: NEVER,
  hold: NEVER,
  keepalive: NEVER,
  delayOpen: NEVER,
  idleHold: NEVER,
  sendHold: NEVER,
};

/** What each timer tells when it expires. Of several, the first here is told first: what ends the session before what goes on with it. */
const EXPIRY = {
  hold: "HoldTimerExpires",
  sendHold: "SendHoldTimerExpires",
  delayOpen: "DelayOpenTimerExpires",
  connectRetry: "ConnectRetryTimerExpires",
  idleHold: "IdleHoldTimerExpires",
  keepalive: "KeepaliveTimerExpires",
} as const satisfies Record<keyof Timers, string>;

/** That a timer has expired. */
export type TimerEvent = (typeof EXPIRY)[keyof Timers];

/** When the next timer expires; infinity if none runs. */
export function nextDeadline({ timers }: { readonly timers: Timers }): Millis {
  return Math.min(...Object.values(timers));
}

/** What a timer that has expired tells; undefined if none has. */
export function expired({ timers }: { readonly timers: Timers }, now: Millis): TimerEvent | undefined {
  return (
    (Object.keys(EXPIRY) as (keyof Timers)[]).map((timer) => timers[timer] <= now && EXPIRY[timer]).find(Boolean) ||
    undefined
  );
}

/** A time cut to 75 to 100 percent (RFC 4271 §10), so that many speakers do not act in step. @param chance - in [0, 1). */
export function jittered(time: Millis, chance: number): Millis {
  return time * (0.75 + 0.25 * chance);
}
