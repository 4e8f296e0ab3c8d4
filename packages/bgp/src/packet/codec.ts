import type { Frame } from "./framer.ts";
import { HEADER_LENGTH, MAX_EXTENDED_MESSAGE_LENGTH, MAX_MESSAGE_LENGTH, maxLengthOf, withHeader } from "./header.ts";
import { KEEPALIVE, type Message } from "./message.ts";
import { type MessageFault, orFault } from "./message-error.ts";
import { decodeNotification, encodeNotification } from "./notification.ts";
import type { NotificationName } from "./notification-names.ts";
import { decodeOpen, encodeOpen } from "./open.ts";
import { decodeRouteRefresh, encodeRouteRefresh } from "./route-refresh.ts";
import type { SessionTraits } from "./session-traits.ts";
import { decodeUpdate, encodeUpdate } from "./update.ts";
import type { UpdateFault } from "./update-fault.ts";

/** A message that was read; of an UPDATE, also what was wrong with it and is dealt with in `message` already. */
export interface DecodedMessage {
  readonly kind: "message";
  readonly message: Message;
  readonly faults: readonly UpdateFault[];
}

/** What to send for a message that is cut off or has too much, where its RFC names nothing nearer. */
const OTHERWISE: Readonly<Record<Message["kind"], NotificationName>> = {
  open: "OpenMessageError",
  update: "MalformedAttributeList",
  notification: "MessageHeaderError",
  keepalive: "MessageHeaderError",
  routeRefresh: "RouteRefreshMessageError",
};

/** Octets of the longest message that the session allows. */
export function maxMessageLength({ extendedMessage }: Pick<SessionTraits, "extendedMessage">): number {
  return extendedMessage ? MAX_EXTENDED_MESSAGE_LENGTH : MAX_MESSAGE_LENGTH;
}

/**
 * The whole message as octets, header included.
 *
 * @throws RangeError if it is longer than the session allows, or has what no message may have.
 */
export function encodeMessage(message: Message, traits: SessionTraits): Uint8Array {
  const octets = withHeader(message.kind, encodeBody(message, traits));
  const longest = maxLengthOf(message.kind, maxMessageLength(traits));
  if (octets.length > longest) {
    throw new RangeError(`Cannot encode BGP message: must have ${longest} octets at most, got ${octets.length}`);
  }
  return octets;
}

/** Reads a message that the {@link Framer} took out of the stream. Whatever the octets, it does not throw. */
export function decodeFrame({ kind, octets }: Frame, traits: SessionTraits): DecodedMessage | MessageFault {
  return orFault(OTHERWISE[kind], () => {
    const body = octets.subarray(HEADER_LENGTH);
    switch (kind) {
      case "open":
        return read(decodeOpen(body));
      case "update": {
        const { update, faults } = decodeUpdate(body, traits);
        return read(update, faults);
      }
      case "notification":
        return read(decodeNotification(body));
      case "keepalive":
        return read(KEEPALIVE);
      case "routeRefresh":
        return read(decodeRouteRefresh(octets));
    }
  });
}

function encodeBody(message: Message, traits: SessionTraits): Uint8Array {
  switch (message.kind) {
    case "open":
      return encodeOpen(message);
    case "update":
      return encodeUpdate(message, traits);
    case "notification":
      return encodeNotification(message);
    case "keepalive":
      return new Uint8Array();
    case "routeRefresh":
      return encodeRouteRefresh(message);
  }
}

function read(message: Message, faults: readonly UpdateFault[] = []): DecodedMessage {
  return { kind: "message", message, faults };
}
