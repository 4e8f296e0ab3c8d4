import type { FsmEvent } from "./event.ts";
import { farewell } from "./farewell.ts";
import { attributesOf, type FsmState, type Step } from "./state.ts";
import { STOPPED } from "./timers.ts";

type Stop = Extract<FsmEvent, { kind: "ManualStop" | "AutomaticStop" }>;

/**
 * Ends the session until the next start (to Idle).
 *
 * @param speaks - whether an OPEN has gone out: before that, no NOTIFICATION may (RFC 4271 §8.2.2).
 */
export function stop(state: FsmState, { kind, reason, hard = false }: Stop, speaks: boolean): Step {
  const isManual = kind === "ManualStop";
  const connectRetryCounter = isManual ? 0 : state.connectRetryCounter + 1;
  const setbacks = isManual ? 0 : state.setbacks;
  return {
    next: { ...attributesOf(state), name: "Idle", connectRetryCounter, setbacks, timers: STOPPED },
    effects: [
      { kind: "close", notification: speaks ? farewell(reason, hard) : undefined },
      { kind: "down", reason, retryAt: undefined },
    ],
  };
}
