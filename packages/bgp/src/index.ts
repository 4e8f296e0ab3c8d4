export { collide, type Direction, type Speaker, survivor } from "./fsm/collision.ts";
export type { Concessions } from "./fsm/concede.ts";
export type { FsmEffect } from "./fsm/effect.ts";
export { FSM_EVENTS, type FsmEvent } from "./fsm/event.ts";
export type { Negotiated, PeerRestart } from "./fsm/negotiated.ts";
export type { ConnectCause, DownReason, StopReason } from "./fsm/reason.ts";
export { DEFAULT_SETTINGS, type LocalRestart, type SessionSettings } from "./fsm/settings.ts";
export { FSM_STATES, type FsmState, type Moment, type Step } from "./fsm/state.ts";
export { begin, step } from "./fsm/step.ts";
export { expired, nextDeadline } from "./fsm/timers.ts";
export { describeDown } from "./fsm/words.ts";
export type {
  Aggregator,
  AsSegment,
  ExtendedCommunity,
  LargeCommunity,
  NextHop,
  Origin,
  PathAttribute,
} from "./packet/attribute.ts";
export type { Capability, NextHopEncoding, RestartFamily } from "./packet/capability.ts";
export { type DecodedMessage, decodeFrame, encodeMessage, maxMessageLength } from "./packet/codec.ts";
export {
  explainNotification,
  type NotificationMeaning,
  type PrefixLimit,
} from "./packet/explain-notification.ts";
export { type AfiSafi, UNICAST, unicastFamily } from "./packet/family.ts";
export { type Frame, Framer } from "./packet/framer.ts";
export {
  AS_TRANS,
  KEEPALIVE,
  type KeepaliveMessage,
  type Message,
  type NotificationMessage,
  notification,
  type OpenMessage,
  type RouteRefreshMessage,
  speakerAs,
  type UpdateMessage,
} from "./packet/message.ts";
export type { MessageFault } from "./packet/message-error.ts";
export { NOTIFICATION_CODES, type NotificationName, notificationName } from "./packet/notification-names.ts";
export { NOTHING_NEGOTIATED, type SessionTraits } from "./packet/session-traits.ts";
export { writeCommunication } from "./packet/shutdown-communication.ts";
export type { UpdateFault } from "./packet/update-fault.ts";
export { Peer, type PeerOptions } from "./peer/peer.ts";
export type { PastReason, PeerReport } from "./peer/report.ts";
export { AdjRibOut } from "./rib/adj-rib-out.ts";
export type { Path, Route } from "./rib/route.ts";
export type { Received } from "./session/received.ts";
export { Session, type SessionEvent, type SessionOptions } from "./session/session.ts";
