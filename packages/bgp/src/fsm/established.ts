import { notification } from "../packet/message.ts";
import { afterOpen } from "./after-open.ts";
import type { FsmEvent } from "./event.ts";
import type { EstablishedState, Moment, Step } from "./state.ts";
import { STOPPED } from "./timers.ts";
import { failTelling, reject, stay, withTimers } from "./transitions.ts";

/** Established (RFC 4271 §8.2.2): routes go out, and what comes keeps the session alive. */
export function established(state: EstablishedState, event: FsmEvent, moment: Moment): Step {
  switch (event.kind) {
    case "Keepalive":
      return stay(heard(state, moment));
    case "Update":
      return { next: heard(state, moment), effects: [{ kind: "received", message: event.update }] };
    case "RouteRefresh":
      return { next: heard(state, moment), effects: [{ kind: "received", message: event.refresh }] };
    case "UpdateError":
      return reject(state, moment, event.notification);
    case "SendProgress": {
      if (state.timers.sendHold === STOPPED.sendHold) return stay(state);
      return stay(withTimers(state, { sendHold: moment.now + state.settings.sendHold }));
    }
    // The peer most likely reads it no more than it read the rest (RFC 9687 §3.3).
    case "SendHoldTimerExpires": {
      const reason = { code: "SendHoldTimerExpired", by: "local" } as const;
      return failTelling(state, moment, reason, notification("SendHoldTimerExpired"));
    }
    default:
      return afterOpen(state, event, moment);
  }
}

function heard(state: EstablishedState, { now }: Moment): EstablishedState {
  const { holdTimeSeconds } = state.negotiated;
  return holdTimeSeconds === 0 ? state : withTimers(state, { hold: now + holdTimeSeconds * 1_000 });
}
