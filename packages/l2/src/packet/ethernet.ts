import { ByteReader, ByteWriter, type Mac } from "@fairlead/net";

/** An untagged Ethernet II frame (RFC 894). */
export interface EthernetFrame {
  readonly destination: Mac;
  readonly source: Mac;
  /** Protocol of the payload, 0x0600 to 0xffff. Lower values are lengths (IEEE 802.3) and do not decode. */
  readonly etherType: number;
  /** With the padding that short frames have. */
  readonly payload: Uint8Array;
}

/** EtherTypes (IEEE 802) that this package sends or listens to. */
export const ETHERTYPE = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;

const LOWEST_ETHERTYPE = 0x0600;
// IEEE 802.3: 64 octets with the checksum, which the hardware adds. Receivers of shorter frames may drop them.
const SHORTEST_FRAME = 60;

/** The frame, padded with zeros to the 60 octets that Ethernet wants. */
export function encodeEthernet(frame: EthernetFrame): Uint8Array {
  const w = new ByteWriter().mac(frame.destination).mac(frame.source).u16(frame.etherType).octets(frame.payload);
  return w.octets(new Uint8Array(Math.max(0, SHORTEST_FRAME - w.length))).finish();
}

/** @throws DecodeError for octets that are no Ethernet II frame. */
export function decodeEthernet(octets: Uint8Array): EthernetFrame {
  const r = new ByteReader("Ethernet frame", octets);
  const destination = r.mac("destination");
  const source = r.mac("source");
  const etherType = r.u16("EtherType");
  if (etherType < LOWEST_ETHERTYPE) r.fail("EtherType", "at least 0x0600", `0x${etherType.toString(16)}`);
  return { destination, source, etherType, payload: r.octets("payload", r.remaining) };
}
