import type { FsmEvent } from "./event.ts";
import { attributesOf, type EarlyState, type Moment, type Step } from "./state.ts";
import { STOPPED } from "./timers.ts";
import { connect, stay } from "./transitions.ts";

/** Idle (RFC 4271 §8.2.2): no connection, either because nothing was started or because a failure is paused for. */
export function idle(state: EarlyState, event: FsmEvent, moment: Moment): Step {
  switch (event.kind) {
    case "ManualStart":
    case "AutomaticStart":
      return begin({ ...state, connectRetryCounter: 0, passive: false }, moment);
    case "ManualStartWithPassive":
    case "AutomaticStartWithPassive":
      return begin({ ...state, connectRetryCounter: 0, passive: true }, moment);
    case "AutomaticStartWithDamping":
    case "AutomaticStartWithDampingAndPassive": {
      const asked = { ...state, passive: event.kind === "AutomaticStartWithDampingAndPassive" };
      return isPaused(state) ? stay(asked) : begin(asked, moment);
    }
    case "IdleHoldTimerExpires":
      return begin(state, moment);
    // The RFC ignores them here, since it leaves open what goes on in a pause: afterwards nothing may begin by itself.
    case "ManualStop":
    case "AutomaticStop": {
      if (!isPaused(state)) return stay(state);
      const setbacks = event.kind === "ManualStop" ? 0 : state.setbacks;
      const down = { kind: "down", reason: event.reason, retryAt: undefined } as const;
      return { next: { ...state, setbacks, timers: STOPPED }, effects: [down] };
    }
    case "ConnectRetryTimerExpires":
    case "HoldTimerExpires":
    case "KeepaliveTimerExpires":
    case "DelayOpenTimerExpires":
    case "SendHoldTimerExpires":
    case "TcpConnectionValid":
    case "TcpConnectionInvalid":
    case "TcpConnectionAcknowledged":
    case "TcpConnectionConfirmed":
    case "TcpConnectionFails":
    case "Open":
    case "OpenWithDelayOpenTimer":
    case "HeaderError":
    case "OpenError":
    case "OpenCollisionDump":
    case "NotificationVersionError":
    case "Notification":
    case "Keepalive":
    case "Update":
    case "UpdateError":
    case "SendProgress":
    case "RouteRefresh":
      return stay(state);
  }
}

// A passive session runs no ConnectRetryTimer: at its end the RFC would connect to a peer that is to connect itself.
function begin(state: EarlyState, moment: Moment): Step {
  if (!state.passive) return connect(state, moment);
  return { next: { ...attributesOf(state), name: "Active", timers: STOPPED }, effects: [] };
}

function isPaused({ timers }: EarlyState): boolean {
  return timers.idleHold !== STOPPED.idleHold;
}
