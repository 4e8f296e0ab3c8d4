import { KEEPALIVE, notification } from "../packet/message.ts";
import type { FsmEvent } from "./event.ts";
import { notified } from "./notified.ts";
import type { EstablishedState, Moment, OpenConfirmState, Step } from "./state.ts";
import { stop } from "./stop.ts";
import { fail, failTelling, nextKeepalive, reject, stay, unexpected, withTimers } from "./transitions.ts";

/** What OpenConfirm and Established have in common (RFC 4271 §8.2.2): all but KEEPALIVEs, routes, and NOTIFICATIONs. */
export function afterOpen(
  state: OpenConfirmState | EstablishedState,
  event: Exclude<
    FsmEvent,
    { kind: "Keepalive" | "Update" | "UpdateError" | "RouteRefresh" | "SendProgress" | "SendHoldTimerExpires" }
  >,
  moment: Moment,
): Step {
  const { holdTimeSeconds, keepaliveSeconds } = state.negotiated;
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
      return stay(state);
    case "ManualStop":
    case "AutomaticStop":
      return stop(state, event, true);
    case "HoldTimerExpires":
      return failTelling(state, moment, { code: "HoldTimerExpired", by: "local" }, notification("HoldTimerExpired"));
    case "KeepaliveTimerExpires": {
      const next = withTimers(state, { keepalive: nextKeepalive(keepaliveSeconds, moment) });
      return { next, effects: [{ kind: "send", message: KEEPALIVE }] };
    }
    case "TcpConnectionFails":
      return fail(state, moment, { code: "ConnectionLost", error: event.error });
    // RFC 4271 §8.2.2 makes it an error of the state in Established, §6.1 says which it is.
    case "HeaderError":
      return reject(state, moment, event.notification);
    case "OpenCollisionDump":
      return failTelling(
        state,
        moment,
        { code: "SessionCollision", by: "local" },
        notification("ConnectionCollisionResolution"),
      );
    case "NotificationVersionError":
    case "Notification": {
      const counted = event.kind === "Notification" || state.name === "Established";
      return fail(state, moment, notified(event.notification, holdTimeSeconds), { counted });
    }
    case "ConnectRetryTimerExpires":
    case "DelayOpenTimerExpires":
    case "IdleHoldTimerExpires":
    case "Open":
    case "OpenWithDelayOpenTimer":
    case "OpenError":
      return unexpected(state, event.kind, moment);
  }
}
