import { DecodeError } from "@fairlead/net";
import {
  attributeOctets,
  decodeAttributes,
  type NetlinkAttribute,
  type NetlinkMessage,
  NLM_F,
  viewOf,
} from "./netlink.ts";

/** Address families as the kernel numbers them. */
export const AF = { 4: 2, 6: 10 } as const;

/** Asks for all there are of a kind. */
export function dumpRequest(type: number, sequence: number, payload: Uint8Array): NetlinkMessage {
  return { type, flags: NLM_F.request | NLM_F.dump, sequence, port: 0, payload };
}

/**
 * What a payload begins with, and the attributes behind it.
 *
 * @param what - names the message in errors.
 * @param header - octets of the header that its kind has.
 */
export function splitHeader(what: string, payload: Uint8Array, header: number) {
  if (payload.length < header) {
    throw new DecodeError(`Cannot decode ${what}: header must have ${header} octets, got ${payload.length}`);
  }
  return { view: viewOf(payload), attributes: decodeAttributes(payload.subarray(header)) };
}

/** @throws DecodeError when there is none of `type`. */
export function requireAttribute(what: string, attributes: readonly NetlinkAttribute[], type: number): Uint8Array {
  const octets = attributeOctets(attributes, type);
  if (octets === undefined) throw new DecodeError(`Cannot decode ${what}: must have attribute ${type}, got none`);
  return octets;
}
