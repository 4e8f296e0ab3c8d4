import { ByteReader, ByteWriter } from "@fairlead/net";
import type { NotificationMessage } from "./message.ts";

/** What follows the header (RFC 4271 §4.5). */
export function encodeNotification({ code, subcode, data }: NotificationMessage): Uint8Array {
  return new ByteWriter(2 + data.length).u8(code).u8(subcode).octets(data).finish();
}

/** @throws DecodeError for fewer than two octets. */
export function decodeNotification(octets: Uint8Array): NotificationMessage {
  const r = new ByteReader("BGP NOTIFICATION", octets);
  const code = r.u8("error code");
  const subcode = r.u8("error subcode");
  return { kind: "notification", code, subcode, data: r.octets("data", r.remaining) };
}
