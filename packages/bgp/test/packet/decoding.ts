import { fromHex, toHex } from "@fairlead/testing";
import { type DecodedMessage, decodeFrame, maxMessageLength } from "../../src/packet/codec.ts";
import { Framer } from "../../src/packet/framer.ts";
import type { MessageFault } from "../../src/packet/message-error.ts";
import type { SessionTraits } from "../../src/packet/session-traits.ts";

/** A session with a router of another AS that can all that Fairlead can, but for extended messages. */
export const EXTERNAL: SessionTraits = {
  fourOctetAs: true,
  extendedMessage: false,
  extendedNextHop: true,
  families: [4, 6],
  internal: false,
};

/** What becomes of octets that are one whole message, header included. */
export function decodeOctets(octets: Uint8Array, traits: SessionTraits = EXTERNAL): DecodedMessage | MessageFault {
  const framer = new Framer();
  framer.push(octets);
  const frame = framer.next(maxMessageLength(traits));
  if (frame === undefined) throw new Error(`must be a whole message, got ${toHex(octets)}`);
  return frame.kind === "error" ? frame : decodeFrame(frame, traits);
}

/** A message of this type, with a header before the octets of `body`. */
export function messageOctets(type: number, body: string): Uint8Array {
  const octets = fromHex(body);
  const length = (octets.length + 19).toString(16).padStart(4, "0");
  return Uint8Array.from([...fromHex("ff".repeat(16) + length), type, ...octets]);
}

/** Code, subcode and data of a NOTIFICATION. */
export function notificationText({ notification: { code, subcode, data } }: MessageFault): string {
  return `${code}/${subcode} ${toHex(data)}`.trim();
}
