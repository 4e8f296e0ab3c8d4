import type { FsmEvent } from "../fsm/event.ts";
import type { FsmState } from "../fsm/state.ts";
import { STOPPED } from "../fsm/timers.ts";
import { type DecodedMessage, decodeFrame } from "../packet/codec.ts";
import type { Frame } from "../packet/framer.ts";
import type { Message, NotificationMessage } from "../packet/message.ts";
import type { MessageFault } from "../packet/message-error.ts";
import { notificationName } from "../packet/notification-names.ts";
import { NOTHING_NEGOTIATED, type SessionTraits } from "../packet/session-traits.ts";

/** How messages are read and written by now. */
export function traitsOf(state: FsmState): SessionTraits {
  return state.name === "OpenConfirm" || state.name === "Established" ? state.negotiated : NOTHING_NEGOTIATED;
}

/** What a message of the peer's is to the state machine: each is one event. */
export function eventOf(state: FsmState, frame: Frame | MessageFault): FsmEvent {
  if (frame.kind === "error") return { kind: "HeaderError", notification: frame.notification };
  const decoded = decodeFrame(frame, traitsOf(state));
  return decoded.kind === "error" ? faultEvent(frame.kind, decoded) : messageEvent(state, decoded);
}

function faultEvent(kind: Message["kind"], { notification }: MessageFault): FsmEvent {
  if (kind === "open") return { kind: "OpenError", notification };
  return { kind: kind === "update" ? "UpdateError" : "HeaderError", notification };
}

function messageEvent(state: FsmState, { message }: DecodedMessage): FsmEvent {
  switch (message.kind) {
    case "open": {
      const isDelayed = state.timers.delayOpen !== STOPPED.delayOpen;
      return { kind: isDelayed ? "OpenWithDelayOpenTimer" : "Open", open: message };
    }
    case "notification":
      return { kind: isVersionError(message) ? "NotificationVersionError" : "Notification", notification: message };
    case "keepalive":
      return { kind: "Keepalive" };
    case "update":
      return { kind: "Update", update: message };
    case "routeRefresh":
      return { kind: "RouteRefresh", refresh: message };
  }
}

function isVersionError({ code, subcode }: NotificationMessage): boolean {
  return notificationName(code, subcode) === "UnsupportedVersionNumber";
}
