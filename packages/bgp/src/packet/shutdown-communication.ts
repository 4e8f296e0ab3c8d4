import { ByteReader } from "@fairlead/net";

const MAX_OCTETS = 255;
/** Control and format characters and line ends: they would forge lines of a log or turn its text around. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * The data of an Administrative Shutdown or Reset (RFC 9003 §2).
 *
 * @param text - for the peer's operator; what goes beyond 255 octets of UTF-8 is cut off, between two characters.
 */
export function writeCommunication(text: string): Uint8Array {
  const data = new Uint8Array(1 + MAX_OCTETS);
  const { written } = new TextEncoder().encodeInto(text, data.subarray(1));
  data[0] = written;
  return data.slice(0, 1 + written);
}

/**
 * The text that the peer sent; "\\ufffd" in place of each character that is not to be printed.
 *
 * @throws DecodeError if its length goes beyond the data, or it is no UTF-8.
 */
export function readCommunication(data: Uint8Array): string {
  const r = new ByteReader("shutdown communication", data);
  return r.text("text", r.u8("length")).replace(UNPRINTABLE, "\ufffd");
}
