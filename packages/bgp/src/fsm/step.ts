import { active } from "./active.ts";
import { NO_CONCESSIONS } from "./concede.ts";
import { connecting } from "./connect.ts";
import { established } from "./established.ts";
import type { FsmEvent } from "./event.ts";
import { idle } from "./idle.ts";
import { openConfirm } from "./open-confirm.ts";
import { openSent } from "./open-sent.ts";
import type { SessionSettings } from "./settings.ts";
import type { FsmState, Moment, Step } from "./state.ts";
import { STOPPED } from "./timers.ts";

/** A session that was not started yet. */
export function begin(settings: SessionSettings): FsmState {
  return {
    name: "Idle",
    settings,
    timers: STOPPED,
    passive: false,
    connectRetryCounter: 0,
    setbacks: 0,
    concessions: NO_CONCESSIONS,
  };
}

/** A session after an event (RFC 4271 §8.2.2). Pure, and total: each event has its row in each state. */
export function step(state: FsmState, event: FsmEvent, moment: Moment): Step {
  switch (state.name) {
    case "Idle":
      return idle(state, event, moment);
    case "Connect":
      return connecting(state, event, moment);
    case "Active":
      return active(state, event, moment);
    case "OpenSent":
      return openSent(state, event, moment);
    case "OpenConfirm":
      return openConfirm(state, event, moment);
    case "Established":
      return established(state, event, moment);
  }
}
