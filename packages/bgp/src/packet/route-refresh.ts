import { ByteReader, ByteWriter } from "@fairlead/net";
import { HEADER_LENGTH } from "./header.ts";
import type { RouteRefreshMessage } from "./message.ts";
import { MessageError } from "./message-error.ts";

const BODY_LENGTH = 4;

/** What follows the header (RFC 2918 §3). */
export function encodeRouteRefresh({ family, subtype }: RouteRefreshMessage): Uint8Array {
  return new ByteWriter(BODY_LENGTH).u16(family.afi).u8(subtype).u8(family.safi).finish();
}

/**
 * Reads a whole message, header included.
 *
 * @throws MessageError for another length than the only one there is, with the message as data (RFC 7313 §5).
 */
export function decodeRouteRefresh(message: Uint8Array): RouteRefreshMessage {
  const length = message.length - HEADER_LENGTH;
  if (length !== BODY_LENGTH) {
    const reason = `Cannot decode BGP ROUTE-REFRESH: must have ${BODY_LENGTH} octets after the header, got ${length}`;
    throw new MessageError(reason, "RouteRefreshInvalidMessageLength", message);
  }
  const r = new ByteReader("BGP ROUTE-REFRESH", message.subarray(HEADER_LENGTH));
  const afi = r.u16("AFI");
  const subtype = r.u8("subtype");
  return { kind: "routeRefresh", family: { afi, safi: r.u8("SAFI") }, subtype };
}
