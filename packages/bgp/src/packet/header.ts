import { ByteWriter } from "@fairlead/net";
import type { Message } from "./message.ts";
import { MessageError } from "./message-error.ts";

/** Octets of marker, length and type before each message (RFC 4271 §4.1). */
export const HEADER_LENGTH = 19;

/** Octets of the longest message (RFC 4271 §4.1). */
export const MAX_MESSAGE_LENGTH = 4096;

/** The same where both speakers have the capability `extendedMessage`; OPEN and KEEPALIVE stay short (RFC 8654 §3). */
export const MAX_EXTENDED_MESSAGE_LENGTH = 65535;

/** A kind of message on the wire. */
interface MessageType {
  readonly code: number;
  /** Octets of the shortest one, header included. */
  readonly shortest: number;
  /** Octets of the longest one; that of the session where not said. */
  readonly longest?: number;
}

const MESSAGE_TYPES: Readonly<Record<Message["kind"], MessageType>> = {
  open: { code: 1, shortest: 29, longest: MAX_MESSAGE_LENGTH },
  update: { code: 2, shortest: 23 },
  notification: { code: 3, shortest: 21 },
  keepalive: { code: 4, shortest: HEADER_LENGTH, longest: HEADER_LENGTH },
  routeRefresh: { code: 5, shortest: HEADER_LENGTH },
};
const KINDS = new Map(Object.entries(MESSAGE_TYPES).map(([kind, { code }]) => [code, kind as Message["kind"]]));
const MARKER = new Uint8Array(16).fill(0xff);

/** What the header says of the message behind it. */
export interface Header {
  readonly kind: Message["kind"];
  /** Octets of the message, header included. */
  readonly length: number;
}

/**
 * Reads the header at `offset`, which has all its octets.
 *
 * @param maxLength - octets of the longest message that the session allows.
 * @throws MessageError, as RFC 4271 §6.1 says, for a header that no message has.
 */
export function readHeader(octets: Uint8Array, offset: number, maxLength: number): Header {
  const view = new DataView(octets.buffer, octets.byteOffset + offset, HEADER_LENGTH);
  for (let at = 0; at < MARKER.length; at++) {
    if (view.getUint8(at) !== 0xff) {
      const got = `${view.getUint8(at)} at offset ${at}`;
      throw new MessageError(
        `Cannot decode BGP header: marker must be all ones, got ${got}`,
        "ConnectionNotSynchronized",
      );
    }
  }
  const length = view.getUint16(16);
  // Before the type: behind a length that no message has, the type is as likely wrong too.
  checkLength(length, HEADER_LENGTH, maxLength);
  const code = view.getUint8(18);
  const kind = KINDS.get(code);
  if (kind === undefined) {
    throw new MessageError(
      `Cannot decode BGP header: type must be ${[...KINDS.keys()].join(", ")}, got ${code}`,
      "BadMessageType",
      Uint8Array.of(code),
    );
  }
  checkLength(length, MESSAGE_TYPES[kind].shortest, maxLengthOf(kind, maxLength));
  return { kind, length };
}

/** Octets of the longest message of this kind in a session that allows `maxLength` (RFC 8654 §3 for OPEN and KEEPALIVE). */
export function maxLengthOf(kind: Message["kind"], maxLength: number): number {
  return MESSAGE_TYPES[kind].longest ?? maxLength;
}

/** The whole message: the header, then `body`. */
export function withHeader(kind: Message["kind"], body: Uint8Array): Uint8Array {
  const length = HEADER_LENGTH + body.length;
  return new ByteWriter(length).octets(MARKER).u16(length).u8(MESSAGE_TYPES[kind].code).octets(body).finish();
}

function checkLength(length: number, shortest: number, longest: number): void {
  if (length >= shortest && length <= longest) return;
  throw new MessageError(
    `Cannot decode BGP header: length must be ${shortest} to ${longest}, got ${length}`,
    "BadMessageLength",
    Uint8Array.of(length >> 8, length),
  );
}
