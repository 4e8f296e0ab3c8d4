import type { ByteReader, ByteWriter } from "@fairlead/net";
import type { PathAttribute } from "./attribute.ts";
import type { UpdateFault } from "./update-fault.ts";

/** A path attribute whose value is octets yet (RFC 4271 §4.3). */
export interface WireAttribute {
  readonly type: number;
  /** Optional, Transitive and Partial; the other bits are 0. */
  readonly flags: number;
  readonly value: Uint8Array;
}

/** What one attribute came to: itself, a fault, or both where routes are known but have to go. */
export interface AttributeOutcome {
  readonly attribute?: PathAttribute;
  readonly fault?: UpdateFault;
}

/** The attribute is not one that every speaker knows. */
export const OPTIONAL = 0x80;
/** The attribute is passed on. */
export const TRANSITIVE = 0x40;
const EXTENDED_LENGTH = 0x10;
const MEANINGFUL_FLAGS = 0xe0;

/** Writes the attribute, with a length of two octets if one is not enough. */
export function writeWireAttribute(w: ByteWriter, { type, flags, value }: WireAttribute): void {
  const meant = flags & MEANINGFUL_FLAGS;
  if (value.length > 255)
    w.u8(meant | EXTENDED_LENGTH)
      .u8(type)
      .u16(value.length);
  else w.u8(meant).u8(type).u8(value.length);
  w.octets(value);
}

/** @throws DecodeError for an attribute that goes beyond the end of the field. */
export function readWireAttribute(r: ByteReader): WireAttribute {
  const flags = r.u8("flags");
  const type = r.u8("type");
  const length = (flags & EXTENDED_LENGTH) === 0 ? r.u8("length") : r.u16("length");
  return { type, flags: flags & MEANINGFUL_FLAGS, value: r.octets(`value of attribute ${type}`, length) };
}

/** Says that Optional or Transitive are not as the attribute's RFC has them (RFC 7606 §3 c); undefined if they are. */
export function flagsFault({ type, flags }: WireAttribute, wanted: number): UpdateFault | undefined {
  const got = flags & (OPTIONAL | TRANSITIVE);
  if (got === wanted) return undefined;
  const reason = `Cannot decode BGP attribute ${type}: flags must be 0x${wanted.toString(16)}, got 0x${got.toString(16)}`;
  return { action: "treatAsWithdraw", reason };
}
