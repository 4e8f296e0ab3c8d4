import { notification } from "../packet/message.ts";
import { concede } from "./concede.ts";
import type { FsmEvent } from "./event.ts";
import { localOpen } from "./local-open.ts";
import { notified } from "./notified.ts";
import { attributesOf, type EarlyState, type Moment, type Step } from "./state.ts";
import { stop } from "./stop.ts";
import { STOPPED } from "./timers.ts";
import { fail, failTelling, pauseAfter, reject, stay, takeOpen, unexpected } from "./transitions.ts";

/** OpenSent (RFC 4271 §8.2.2): this speaker's OPEN went out, the peer's is waited for. */
export function openSent(state: EarlyState, event: FsmEvent, moment: Moment): Step {
  switch (event.kind) {
    case "ManualStart":
    case "AutomaticStart":
    case "ManualStartWithPassive":
    case "AutomaticStartWithPassive":
    case "AutomaticStartWithDamping":
    case "AutomaticStartWithDampingAndPassive":
    case "TcpConnectionValid":
    case "TcpConnectionInvalid":
    case "TcpConnectionAcknowledged":
    case "TcpConnectionConfirmed":
    case "SendProgress":
      return stay(state);
    case "ManualStop":
    case "AutomaticStop":
      return stop(state, event, true);
    case "HoldTimerExpires":
      return failTelling(state, moment, { code: "HoldTimerExpired", by: "local" }, notification("HoldTimerExpired"));
    case "TcpConnectionFails":
      return waitAgain(state, moment);
    case "Open":
      return takeOpen(state, event.open, moment);
    case "HeaderError":
    case "OpenError":
      return reject(state, moment, event.notification);
    case "OpenCollisionDump":
      return failTelling(
        state,
        moment,
        { code: "SessionCollision", by: "local" },
        notification("ConnectionCollisionResolution"),
      );
    // The RFC answers a NOTIFICATION with another one here, and forbids that in §6.4: there is nobody to hear it.
    case "NotificationVersionError":
    case "Notification":
      return refused(state, event, moment);
    case "ConnectRetryTimerExpires":
    case "KeepaliveTimerExpires":
    case "DelayOpenTimerExpires":
    case "IdleHoldTimerExpires":
    case "SendHoldTimerExpires":
    case "OpenWithDelayOpenTimer":
    case "Keepalive":
    case "Update":
    case "UpdateError":
    case "RouteRefresh":
      return unexpected(state, event.kind, moment);
  }
}

/** The peer refuses the OPEN that it was sent: the next one leaves out what it can. */
function refused(
  state: EarlyState,
  { kind, notification: refusal }: Extract<FsmEvent, { kind: "Notification" | "NotificationVersionError" }>,
  moment: Moment,
): Step {
  const { holdTimeSeconds } = localOpen(state.settings, state.concessions);
  const concessions = concede(state.concessions, holdTimeSeconds, refusal);
  const counted = kind === "Notification";
  return fail({ ...state, concessions }, moment, notified(refusal, holdTimeSeconds), { counted });
}

// The peer accepts connections and closes them: each attempt waits longer.
function waitAgain(state: EarlyState, moment: Moment): Step {
  const reason = { code: "ClosedBeforeOpen" } as const;
  const { setbacks, pause } = pauseAfter(state, moment, reason);
  const retryAt = moment.now + pause;
  const timers = state.passive ? STOPPED : { ...STOPPED, connectRetry: retryAt };
  return {
    next: { ...attributesOf(state), name: "Active", setbacks, timers },
    effects: [
      { kind: "close", notification: undefined },
      { kind: "down", reason, retryAt: state.passive ? undefined : retryAt },
    ],
  };
}
