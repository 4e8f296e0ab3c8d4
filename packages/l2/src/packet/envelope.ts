import { ByteReader, ByteWriter } from "@fairlead/net";

const MAGIC = 0x464c4842;
const VERSION = 2;
const NONE = 0;
const HMAC_SHA256 = 1;
const AUTHENTICATIONS = new Map([
  [NONE, false],
  [HMAC_SHA256, true],
]);

/** Octets of an HMAC-SHA-256 (RFC 2104, RFC 6234). */
export const TAG_LENGTH = 32;

/**
 * What a heartbeat travels in: says where it ends, as Ethernet pads short frames, and shows who sent it.
 *
 *     magic "FLHB" (4) | version (1) | authentication (1): 0 none, 1 HMAC-SHA-256 | body length (2)
 *     tag (32), if authenticated | body
 */
export interface Envelope {
  /** Shows that the sender has the key; absent if it has none. */
  readonly tag?: Uint8Array;
  readonly body: Uint8Array;
}

/** The payload of a heartbeat frame. */
export function encodeEnvelope({ tag, body }: Envelope): Uint8Array {
  const w = new ByteWriter().u32(MAGIC).u8(VERSION);
  w.u8(tag === undefined ? NONE : HMAC_SHA256).u16(body.length);
  if (tag !== undefined) w.octets(tag);
  return w.octets(body).finish();
}

/** @throws DecodeError for anything but an envelope of this version; Ethernet padding after it is allowed. */
export function decodeEnvelope(octets: Uint8Array): Envelope {
  const r = new ByteReader("heartbeat envelope", octets);
  r.expectU32("magic", MAGIC);
  r.expectU8("version", VERSION);
  const isTagged = r.oneOf("authentication", r.u8("authentication"), AUTHENTICATIONS);
  const length = r.u16("body length");
  const tag = isTagged ? r.octets("tag", TAG_LENGTH) : undefined;
  const body = r.octets("body", length);
  return { ...(tag !== undefined && { tag }), body };
}
