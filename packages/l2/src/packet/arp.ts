import { BROADCAST_MAC, ByteReader, ByteWriter, type IpAddress, type Mac } from "@fairlead/net";
import { ETHERTYPE, type EthernetFrame } from "./ethernet.ts";

/** What an ARP packet does (RFC 826: ares_op$request, ares_op$reply). */
export type ArpOperation = "request" | "reply";

/** A hardware address and the IPv4 address that it goes with. */
export interface Binding {
  readonly mac: Mac;
  readonly ip: IpAddress;
}

/** An IPv4-over-Ethernet ARP packet (RFC 826). Other hardware or protocol types do not decode. */
export interface ArpPacket {
  readonly operation: ArpOperation;
  readonly sender: Binding;
  readonly target: Binding;
}

/** The operations by their wire values. */
export const ARP_OPERATIONS: ReadonlyMap<number, ArpOperation> = new Map([
  [1, "request"],
  [2, "reply"],
]);

const OPERATION_CODES = { request: 1, reply: 2 } as const;
const HARDWARE_ETHERNET = 1;
const UNKNOWN_MAC: Mac = "00:00:00:00:00:00";
const UNSPECIFIED: IpAddress = { family: 4, value: 0n };

/** The 28 octets of the packet. */
export function encodeArp({ operation, sender, target }: ArpPacket): Uint8Array {
  const w = new ByteWriter().u16(HARDWARE_ETHERNET).u16(ETHERTYPE.ipv4).u8(6).u8(4).u16(OPERATION_CODES[operation]);
  return w.mac(sender.mac).address(sender.ip).mac(target.mac).address(target.ip).finish();
}

/** @throws DecodeError for octets that are no IPv4-over-Ethernet request or reply. */
export function decodeArp(octets: Uint8Array): ArpPacket {
  const r = new ByteReader("ARP packet", octets);
  r.expectU16("hardware type", HARDWARE_ETHERNET);
  r.expectU16("protocol type", ETHERTYPE.ipv4);
  r.expectU8("hardware length", 6);
  r.expectU8("protocol length", 4);
  const operation = r.oneOf("operation", r.u16("operation"), ARP_OPERATIONS);
  return { operation, sender: readBinding(r), target: readBinding(r) }; // the rest is Ethernet padding
}

/** Asks all on the link who has `wanted`. */
export function arpRequest(sender: Binding, wanted: IpAddress): EthernetFrame {
  return broadcast({ operation: "request", sender, target: { mac: UNKNOWN_MAC, ip: wanted } });
}

/** Asks whether anybody has `wanted` without touching any cache (ARP Probe, RFC 5227 §2.1.1). */
export function arpProbe(mac: Mac, wanted: IpAddress): EthernetFrame {
  return arpRequest({ mac, ip: UNSPECIFIED }, wanted);
}

/** Tells all on the link of a binding, as a request (ARP Announcement, RFC 5227 §2.3). */
export function gratuitousRequest(own: Binding): EthernetFrame {
  return arpRequest(own, own.ip);
}

/** Tells all on the link of a binding, as a reply, for those that ignore announcements in requests (RFC 5944 §4.6). */
export function gratuitousReply(own: Binding): EthernetFrame {
  return broadcast({ operation: "reply", sender: own, target: { mac: own.mac, ip: own.ip } });
}

function broadcast(packet: ArpPacket): EthernetFrame {
  const { mac } = packet.sender;
  return { destination: BROADCAST_MAC, source: mac, etherType: ETHERTYPE.arp, payload: encodeArp(packet) };
}

function readBinding(r: ByteReader): Binding {
  return { mac: r.mac("hardware address"), ip: r.address("protocol address", 4) };
}
