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
