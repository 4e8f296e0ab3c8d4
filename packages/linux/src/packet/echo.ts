import { ByteReader, ByteWriter, type Family } from "@fairlead/net";
import { BPF, type BpfProgram } from "./bpf.ts";
import { internetChecksum } from "./checksum.ts";

/** An Echo or Echo Reply message (RFC 792, RFC 4443 §4). */
export interface EchoMessage {
  readonly kind: "request" | "reply";
  /** 16 bits that tell one asker's messages from another's. */
  readonly identifier: number;
  readonly sequence: number;
  /** What the reply repeats. */
  readonly data: Uint8Array;
}

const TYPES = { 4: { request: 8, reply: 0 }, 6: { request: 128, reply: 129 } } as const;
const CHECKSUM_OFFSET = 2;
const IDENTIFIER_OFFSET = 4;

/** Octets of an IPv4 header without options: what is before a message that a raw IPv4 socket receives (raw(7)). */
export const IPV4_HEADER = 20;
const VERSION_4_WITHOUT_OPTIONS = 0x45;

/** The ICMP type of a message. */
export function echoType(family: Family, kind: EchoMessage["kind"]): number {
  return TYPES[family][kind];
}

/** The message. Its checksum is right for IPv4, and 0 for IPv6: there the kernel fills it in. */
export function encodeEcho(family: Family, { kind, identifier, sequence, data }: EchoMessage): Uint8Array {
  const octets = new ByteWriter().u8(echoType(family, kind)).u8(0).u16(0).u16(identifier).u16(sequence);
  const message = octets.octets(data).finish();
  if (family === 4)
    new DataView(message.buffer, message.byteOffset).setUint16(CHECKSUM_OFFSET, internetChecksum(message));
  return message;
}

/** The inverse of {@link encodeEcho}; the checksum is the kernel's to verify. @throws DecodeError for other octets. */
export function decodeEcho(family: Family, octets: Uint8Array): EchoMessage {
  const r = new ByteReader("ICMP Echo message", octets);
  const kinds = new Map(Object.entries(TYPES[family]).map(([kind, type]) => [type, kind as EchoMessage["kind"]]));
  const kind = r.oneOf("type", r.u8("type"), kinds);
  r.expectU8("code", 0);
  r.u16("checksum");
  const identifier = r.u16("identifier");
  const sequence = r.u16("sequence number");
  return { kind, identifier, sequence, data: r.octets("data", r.remaining) };
}

/** Lets the replies to one asker through, on a raw ICMP or ICMPv6 socket: a flood of others costs no wake-up. */
export function echoReplyFilter(family: Family, identifier: number): BpfProgram {
  const start = family === 4 ? IPV4_HEADER : 0;
  const must = (octets: 1 | 2, offset: number, value: number) => {
    return [BPF.load(octets, offset), BPF.ifEqual(value, 1, 0), BPF.refuse];
  };
  return [
    ...(family === 4 ? must(1, 0, VERSION_4_WITHOUT_OPTIONS) : []),
    ...must(1, start, echoType(family, "reply")),
    ...must(2, start + IDENTIFIER_OFFSET, identifier),
    BPF.accept,
  ];
}
