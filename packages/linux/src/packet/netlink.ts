import { DecodeError } from "@fairlead/net";

/** A netlink message (struct nlmsghdr). Everything is in host byte order; the hosts we run on are little-endian. */
export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  /** Copied into the answers, so that they can be told apart. */
  readonly sequence: number;
  /** Port id of the sender; 0 for the kernel, which also fills in ours. */
  readonly port: number;
  readonly payload: Uint8Array;
}

/** A netlink attribute (struct nlattr). */
export interface NetlinkAttribute {
  /** 0 to 16383. */
  readonly type: number;
  /** The attributes inside, for a nested one (NLA_F_NESTED); its octets for any other. */
  readonly value: Uint8Array | readonly NetlinkAttribute[];
}

/** Message types that every netlink protocol has. */
export const NLMSG = { error: 2, done: 3 } as const;

/** Message flags (NLM_F_*). */
export const NLM_F = { request: 1, ack: 4, dumpInterrupted: 0x10, dump: 0x300, create: 0x400 } as const;

const MESSAGE_HEADER = 16;
const ATTRIBUTE_HEADER = 4;
const NESTED = 0x8000;
const TYPE_MASK = 0x3fff;
const DEEPEST = 8;

/** One datagram with these messages, each padded to 4 octets. */
export function encodeNetlink(messages: readonly NetlinkMessage[]): Uint8Array {
  const length = messages.reduce((sum, { payload }) => sum + align(MESSAGE_HEADER + payload.length), 0);
  const octets = new Uint8Array(length);
  const view = viewOf(octets);
  let at = 0;
  for (const { type, flags, sequence, port, payload } of messages) {
    view.setUint32(at, MESSAGE_HEADER + payload.length, true);
    view.setUint16(at + 4, type, true);
    view.setUint16(at + 6, flags, true);
    view.setUint32(at + 8, sequence, true);
    view.setUint32(at + 12, port, true);
    octets.set(payload, at + MESSAGE_HEADER);
    at += align(MESSAGE_HEADER + payload.length);
  }
  return octets;
}

/**
 * The messages of one datagram.
 *
 * @throws DecodeError when a message claims fewer octets than its header or more than there are.
 */
export function decodeNetlink(octets: Uint8Array): NetlinkMessage[] {
  const view = viewOf(octets);
  const messages: NetlinkMessage[] = [];
  for (let at = 0; at < octets.length; ) {
    const length = readLength("netlink message", octets.length - at, MESSAGE_HEADER, () => view.getUint32(at, true));
    messages.push({
      type: view.getUint16(at + 4, true),
      flags: view.getUint16(at + 6, true),
      sequence: view.getUint32(at + 8, true),
      port: view.getUint32(at + 12, true),
      payload: octets.slice(at + MESSAGE_HEADER, at + length),
    });
    at += align(length);
  }
  return messages;
}

/** The attributes one after the other, each padded to 4 octets. */
export function encodeAttributes(attributes: readonly NetlinkAttribute[]): Uint8Array {
  const parts = attributes.map(({ type, value }) => {
    const octets = value instanceof Uint8Array ? value : encodeAttributes(value);
    const part = new Uint8Array(align(ATTRIBUTE_HEADER + octets.length));
    const view = viewOf(part);
    view.setUint16(0, ATTRIBUTE_HEADER + octets.length, true);
    view.setUint16(2, value instanceof Uint8Array ? type : type | NESTED, true);
    part.set(octets, ATTRIBUTE_HEADER);
    return part;
  });
  return concat(parts);
}

/**
 * The attributes in these octets, nested ones included.
 *
 * @throws DecodeError when an attribute's length does not fit, or when they nest more than 8 deep.
 */
export function decodeAttributes(octets: Uint8Array): NetlinkAttribute[] {
  return decodeLevel(octets, 1);
}

/** The octets of the first attribute of `type`, undefined if there is none (or a nested one). */
export function attributeOctets(attributes: readonly NetlinkAttribute[], type: number): Uint8Array | undefined {
  const value = attributes.find((attribute) => attribute.type === type)?.value;
  return value instanceof Uint8Array ? value : undefined;
}

/** 4 octets in host byte order, as in most numeric attributes. */
export function hostU32(value: number): Uint8Array {
  const octets = new Uint8Array(4);
  viewOf(octets).setUint32(0, value, true);
  return octets;
}

/**
 * The inverse of {@link hostU32}.
 *
 * @throws DecodeError unless there are 4 octets.
 */
export function readHostU32(what: string, octets: Uint8Array): number {
  if (octets.length !== 4) throw new DecodeError(`Cannot decode ${what}: must have 4 octets, got ${octets.length}`);
  return viewOf(octets).getUint32(0, true);
}

/** Text with the terminating NUL that the kernel wants. */
export function nulText(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

/** A DataView of exactly these octets. */
export function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
}

/** The parts one after the other. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function decodeLevel(octets: Uint8Array, depth: number): NetlinkAttribute[] {
  if (depth > DEEPEST) throw new DecodeError(`Cannot decode netlink attribute: must nest at most ${DEEPEST} deep`);
  const view = viewOf(octets);
  const attributes: NetlinkAttribute[] = [];
  for (let at = 0; at < octets.length; ) {
    const left = octets.length - at;
    const length = readLength("netlink attribute", left, ATTRIBUTE_HEADER, () => view.getUint16(at, true));
    const type = view.getUint16(at + 2, true);
    const value = octets.slice(at + ATTRIBUTE_HEADER, at + length);
    attributes.push({ type: type & TYPE_MASK, value: type & NESTED ? decodeLevel(value, depth + 1) : value });
    at += align(length);
  }
  return attributes;
}

function readLength(what: string, left: number, header: number, read: () => number): number {
  const length = left < header ? left : read();
  if (length < header || length > left) {
    throw new DecodeError(`Cannot decode ${what}: length must be ${header} to ${left}, got ${length}`);
  }
  return length;
}

function align(length: number): number {
  return (length + 3) & ~3;
}
