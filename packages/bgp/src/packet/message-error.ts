import { DecodeError } from "@fairlead/net";
import { type NotificationMessage, notification } from "./message.ts";
import type { NotificationName } from "./notification-names.ts";

/** Octets with which the session cannot go on. */
export interface MessageFault {
  readonly kind: "error";
  /** To send before the connection is closed. */
  readonly notification: NotificationMessage;
  /** What must hold, and what there is, in words. */
  readonly reason: string;
}

/** Thrown inside the codecs for a message that ends the session; has the NOTIFICATION to send for it. */
export class MessageError extends DecodeError {
  readonly notification: NotificationMessage;

  constructor(message: string, name: NotificationName, data?: Uint8Array) {
    super(message);
    this.notification = notification(name, data);
  }
}

/** What `read` returns, or the fault that it threw as an error; `otherwise` is for a DecodeError that has no name of its own. */
export function orFault<T>(otherwise: NotificationName, read: () => T): T | MessageFault {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const toSend = error instanceof MessageError ? error.notification : notification(otherwise);
    return { kind: "error", notification: toSend, reason: error.message };
  }
}
