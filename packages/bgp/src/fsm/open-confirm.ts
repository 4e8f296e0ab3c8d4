import { afterOpen } from "./after-open.ts";
import { concede } from "./concede.ts";
import type { FsmEvent } from "./event.ts";
import { localOpen } from "./local-open.ts";
import { attributesOf, type Moment, type OpenConfirmState, type Step } from "./state.ts";
import { STOPPED } from "./timers.ts";
import { stay, unexpected } from "./transitions.ts";

/** OpenConfirm (RFC 4271 §8.2.2): the peer's OPEN is good; whether ours is, its KEEPALIVE says, or its NOTIFICATION. */
export function openConfirm(state: OpenConfirmState, event: FsmEvent, moment: Moment): Step {
  switch (event.kind) {
    case "Keepalive":
      return establish(state, moment);
    case "Notification": {
      const { holdTimeSeconds } = localOpen(state.settings, state.concessions);
      const concessions = concede(state.concessions, holdTimeSeconds, event.notification);
      return afterOpen({ ...state, concessions }, event, moment);
    }
    case "SendProgress":
      return stay(state);
    case "Update":
    case "UpdateError":
    case "RouteRefresh":
    case "SendHoldTimerExpires":
      return unexpected(state, event.kind, moment);
    default:
      return afterOpen(state, event, moment);
  }
}

function establish(state: OpenConfirmState, { now }: Moment): Step {
  const { negotiated, settings, timers } = state;
  const hasHold = negotiated.holdTimeSeconds > 0;
  const hold = hasHold ? now + negotiated.holdTimeSeconds * 1_000 : STOPPED.hold;
  const sendHold = hasHold && settings.sendHold > 0 ? now + settings.sendHold : STOPPED.sendHold;
  return {
    next: {
      ...attributesOf(state),
      name: "Established",
      negotiated,
      since: now,
      timers: { ...timers, hold, sendHold },
    },
    effects: [{ kind: "established", negotiated }],
  };
}
