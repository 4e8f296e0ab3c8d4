import type { Millis } from "@fairlead/runtime";
import type {
  KeepaliveMessage,
  NotificationMessage,
  OpenMessage,
  RouteRefreshMessage,
  UpdateMessage,
} from "../packet/message.ts";
import type { Negotiated } from "./negotiated.ts";
import type { DownReason } from "./reason.ts";

/** What a session wants done, in order. */
export type FsmEffect =
  /** Begin to connect. */
  | { readonly kind: "connect" }
  | { readonly kind: "send"; readonly message: OpenMessage | KeepaliveMessage }
  /** End the connection, or the attempt, if there is one, after what waits to be sent and this NOTIFICATION. */
  | { readonly kind: "close"; readonly notification: NotificationMessage | undefined }
  /** Routes may be sent. */
  | { readonly kind: "established"; readonly negotiated: Negotiated }
  /** A session ended, or an attempt failed; the next one begins by itself at `retryAt`, if at all. */
  | { readonly kind: "down"; readonly reason: DownReason; readonly retryAt: Millis | undefined }
  | { readonly kind: "received"; readonly message: UpdateMessage | RouteRefreshMessage };
