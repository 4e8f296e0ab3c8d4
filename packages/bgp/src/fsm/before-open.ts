import type { FsmEvent } from "./event.ts";
import { localOpen } from "./local-open.ts";
import { notified } from "./notified.ts";
import type { EarlyState, Moment, Step } from "./state.ts";
import { stop } from "./stop.ts";
import { STOPPED } from "./timers.ts";
import { fail, malformed, sendOpen, stay, takeOpen, unexpected, withTimers } from "./transitions.ts";

/** What Connect and Active have in common (RFC 4271 §8.2.2): all but how attempts to connect begin and fail. */
export function beforeOpen(
  state: EarlyState,
  event: Exclude<FsmEvent, { kind: "ConnectRetryTimerExpires" | "TcpConnectionFails" }>,
  moment: Moment,
): Step {
  switch (event.kind) {
    case "ManualStart":
    case "AutomaticStart":
    case "ManualStartWithPassive":
    case "AutomaticStartWithPassive":
    case "AutomaticStartWithDamping":
    case "AutomaticStartWithDampingAndPassive":
    case "TcpConnectionValid":
    case "TcpConnectionInvalid":
    case "SendProgress":
      return stay(state);
    case "ManualStop":
    case "AutomaticStop":
      return stop(state, event, false);
    case "TcpConnectionAcknowledged":
    case "TcpConnectionConfirmed":
      return connected(state, moment);
    case "DelayOpenTimerExpires":
      return sendOpen(state, moment);
    case "OpenWithDelayOpenTimer":
      return answerOpen(state, event.open, moment);
    case "HeaderError":
    case "OpenError":
      return fail(state, moment, malformed(event.notification));
    case "NotificationVersionError":
    case "Notification": {
      const counted = event.kind === "Notification" || state.timers.delayOpen === STOPPED.delayOpen;
      const { holdTimeSeconds } = localOpen(state.settings, state.concessions);
      return fail(state, moment, notified(event.notification, holdTimeSeconds), { counted });
    }
    case "HoldTimerExpires":
    case "KeepaliveTimerExpires":
    case "SendHoldTimerExpires":
    case "IdleHoldTimerExpires":
    case "Open":
    case "OpenCollisionDump":
    case "Keepalive":
    case "Update":
    case "UpdateError":
    case "RouteRefresh":
      return unexpected(state, event.kind, moment);
  }
}

function connected(state: EarlyState, moment: Moment): Step {
  const { delayOpen } = state.settings;
  if (delayOpen === 0) return sendOpen(state, moment);
  const timers = { connectRetry: STOPPED.connectRetry, delayOpen: moment.now + delayOpen };
  return { next: withTimers(state, timers), effects: [] };
}

// The peer spoke first: our OPEN and the answer to its own go out together.
function answerOpen(state: EarlyState, open: Parameters<typeof takeOpen>[1], moment: Moment): Step {
  const own = sendOpen(state, moment);
  const { next, effects } = takeOpen(own.next, open, moment);
  return { next, effects: [...own.effects, ...effects] };
}
