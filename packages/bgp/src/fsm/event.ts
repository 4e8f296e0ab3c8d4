import type { NotificationMessage, OpenMessage, RouteRefreshMessage, UpdateMessage } from "../packet/message.ts";
import type { StopReason } from "./reason.ts";
import type { TimerEvent } from "./timers.ts";

/** The events of RFC 4271 §8.1 by their numbers, then that of RFC 9687 §3 and what the RFC has no event for. */
export const FSM_EVENTS = [
  "ManualStart",
  "ManualStop",
  "AutomaticStart",
  "ManualStartWithPassive",
  "AutomaticStartWithPassive",
  "AutomaticStartWithDamping",
  "AutomaticStartWithDampingAndPassive",
  "AutomaticStop",
  "ConnectRetryTimerExpires",
  "HoldTimerExpires",
  "KeepaliveTimerExpires",
  "DelayOpenTimerExpires",
  "IdleHoldTimerExpires",
  "TcpConnectionValid",
  "TcpConnectionInvalid",
  "TcpConnectionAcknowledged",
  "TcpConnectionConfirmed",
  "TcpConnectionFails",
  "Open",
  "OpenWithDelayOpenTimer",
  "HeaderError",
  "OpenError",
  "OpenCollisionDump",
  "NotificationVersionError",
  "Notification",
  "Keepalive",
  "Update",
  "UpdateError",
  "SendHoldTimerExpires",
  "SendProgress",
  "RouteRefresh",
] as const;

/** An event of this kind, with what it has; one for each kind, so that kinds can be told apart by groups. */
type Kind<K extends string, Fields = unknown> = K extends string ? { readonly kind: K } & Fields : never;

/** What can happen to a session. Starts "WithPassive" wait for the peer to connect; those "WithDamping" wait for the end of a pause. */
export type FsmEvent =
  | Kind<
      | "ManualStart"
      | "AutomaticStart"
      | "ManualStartWithPassive"
      | "AutomaticStartWithPassive"
      | "AutomaticStartWithDamping"
      | "AutomaticStartWithDampingAndPassive"
    >
  /** The operator's stop, or the program's own. `hard` has the peer remove the routes at once (RFC 8538 §3). */
  | Kind<"ManualStop" | "AutomaticStop", { readonly reason: StopReason; readonly hard?: boolean }>
  | Kind<TimerEvent>
  /** Another connection of this peer came, or was refused: it has a machine of its own. */
  | Kind<"TcpConnectionValid" | "TcpConnectionInvalid">
  /** The connection is there: the one that was begun here, or one that was accepted. */
  | Kind<"TcpConnectionAcknowledged" | "TcpConnectionConfirmed">
  /** `error` is the kernel's name of what failed; undefined if the peer closed in order. */
  | Kind<"TcpConnectionFails", { readonly error: string | undefined }>
  | Kind<"Open" | "OpenWithDelayOpenTimer", { readonly open: OpenMessage }>
  /** A header, an OPEN or an UPDATE is not as it must be; the peer is to be told so. */
  | Kind<"HeaderError" | "OpenError" | "UpdateError", { readonly notification: NotificationMessage }>
  /** Another connection of this peer is kept in place of this one (RFC 4271 §6.8). */
  | Kind<"OpenCollisionDump">
  | Kind<"NotificationVersionError" | "Notification", { readonly notification: NotificationMessage }>
  | Kind<"Keepalive">
  | Kind<"Update", { readonly update: UpdateMessage }>
  /** The kernel has taken something of what was to be sent. */
  | Kind<"SendProgress">
  | Kind<"RouteRefresh", { readonly refresh: RouteRefreshMessage }>;
