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
export { type AfiSafi, UNICAST, unicastFamily } from "./packet/family.ts";
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
export { NOTIFICATION_CODES, type NotificationName, notificationName } from "./packet/notification-names.ts";
