import { internetChecksum } from "@fairlead/linux";
import { ByteReader, ByteWriter, type IpAddress } from "@fairlead/net";

/** An ICMPv6 message (RFC 4443) in an IPv6 packet (RFC 8200) without extension headers. Other packets do not decode. */
export interface Icmpv6Packet {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** 0 to 255; 255 shows that no router has forwarded the packet (RFC 4861 §3.1). */
  readonly hopLimit: number;
  /** Type, code, checksum, which is filled in and verified here, and body. */
  readonly message: Uint8Array;
}

const VERSION_6 = 6 << 28;
const ICMPV6 = 58;
const CHECKSUM_OFFSET = 2;

/** The packet with its checksum (RFC 4443 §2.3), whatever the message had. */
export function encodeIcmpv6({ source, destination, hopLimit, message }: Icmpv6Packet): Uint8Array {
  const checked = message.slice();
  const view = new DataView(checked.buffer);
  view.setUint16(CHECKSUM_OFFSET, 0);
  view.setUint16(CHECKSUM_OFFSET, checksum(source, destination, checked));
  const w = new ByteWriter().u32(VERSION_6).u16(message.length).u8(ICMPV6).u8(hopLimit);
  return w.address(source).address(destination).octets(checked).finish();
}

/** @throws DecodeError for octets that are no such packet, or whose checksum is wrong; Ethernet padding may follow. */
export function decodeIcmpv6(octets: Uint8Array): Icmpv6Packet {
  const r = new ByteReader("ICMPv6 packet", octets);
  const version = r.u32("version") >>> 28;
  if (version !== 6) r.fail("version", "6", String(version));
  const length = r.u16("payload length");
  if (length < 4) r.fail("payload length", "at least 4", String(length));
  r.expectU8("next header", ICMPV6);
  const hopLimit = r.u8("hop limit");
  const source = r.address("source", 6);
  const destination = r.address("destination", 6);
  const message = r.octets("message", length);
  const sum = checksum(source, destination, message);
  if (sum !== 0) r.fail("checksum", "right", `a difference of ${sum}`);
  return { source, destination, hopLimit, message };
}

// RFC 1071 over the pseudo-header of RFC 8200 §8.1 and the message: 0 for a message whose checksum is right.
function checksum(source: IpAddress, destination: IpAddress, message: Uint8Array): number {
  const w = new ByteWriter().address(source).address(destination).u32(message.length).u32(ICMPV6).octets(message);
  return internetChecksum(w.finish());
}
