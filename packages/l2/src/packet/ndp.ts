import { ByteReader, ByteWriter, type IpAddress, type Mac, parseAddress } from "@fairlead/net";
import { ETHERTYPE, type EthernetFrame } from "./ethernet.ts";
import { encodeIcmpv6 } from "./ipv6.ts";

/** Asks for the link-layer address of `target`, or whether anybody has it (RFC 4861 §4.3). */
export interface NeighborSolicitation {
  readonly kind: "solicitation";
  readonly target: IpAddress;
  /** Source Link-Layer Address option: whom to answer. Absent in a probe for duplicates (RFC 4862 §5.4). */
  readonly mac?: Mac;
}

/** Tells the link-layer address of `target` (RFC 4861 §4.4). */
export interface NeighborAdvertisement {
  readonly kind: "advertisement";
  /** R flag: the sender is a router. */
  readonly router: boolean;
  /** S flag: the answer to a solicitation that had a source address. */
  readonly solicited: boolean;
  /** O flag: takes the place of what a neighbour knows already. */
  readonly override: boolean;
  readonly target: IpAddress;
  /** Target Link-Layer Address option. */
  readonly mac?: Mac;
}

/** A Neighbor Discovery message about one address. */
export type NdpMessage = NeighborSolicitation | NeighborAdvertisement;

/** The kinds of message by their ICMPv6 types. */
export const NDP_TYPES: ReadonlyMap<number, NdpMessage["kind"]> = new Map([
  [135, "solicitation"],
  [136, "advertisement"],
]);

/** The hop limit of every Neighbor Discovery message (RFC 4861 §7.1). */
export const NDP_HOP_LIMIT = 255;

/** All nodes of the link, ff02::1 (RFC 4291 §2.7.1). */
export const ALL_NODES: IpAddress = parseAddress("ff02::1");

/** The unspecified address, ::, from which probes for duplicates come. */
export const UNSPECIFIED: IpAddress = { family: 6, value: 0n };

const TYPE_CODES = { solicitation: 135, advertisement: 136 } as const;
const FLAGS = { router: 0x8000_0000, solicited: 0x4000_0000, override: 0x2000_0000 } as const;
const MAC_OPTIONS = { solicitation: 1, advertisement: 2 } as const;
const SOLICITED_NODE = parseAddress("ff02::1:ff00:0").value;
const OPTION_UNIT = 8;

/** The ICMPv6 message, its checksum 0: the kernel or {@link encodeIcmpv6} fills it in. */
export function encodeNdp(message: NdpMessage): Uint8Array {
  const { kind, target, mac } = message;
  const flags =
    message.kind === "solicitation"
      ? 0
      : (message.router ? FLAGS.router : 0) +
        (message.solicited ? FLAGS.solicited : 0) +
        (message.override ? FLAGS.override : 0);
  const w = new ByteWriter().u8(TYPE_CODES[kind]).u8(0).u16(0).u32(flags).address(target);
  if (mac !== undefined) w.u8(MAC_OPTIONS[kind]).u8(1).mac(mac);
  return w.finish();
}

/**
 * The inverse of {@link encodeNdp}; options other than the link-layer address are passed over, as is the checksum.
 *
 * @throws DecodeError for octets that are no solicitation or advertisement, or that RFC 4861 §7.1 has us discard.
 */
export function decodeNdp(octets: Uint8Array): NdpMessage {
  const r = new ByteReader("NDP message", octets);
  const kind = r.oneOf("type", r.u8("type"), NDP_TYPES);
  r.expectU8("code", 0);
  r.u16("checksum");
  const flags = r.u32("flags");
  const target = r.address("target", 6);
  if (isMulticast(target)) r.fail("target", "no multicast address", "one");
  const mac = readMac(r, MAC_OPTIONS[kind]);
  const known = mac !== undefined && { mac };
  if (kind === "solicitation") return { kind, target, ...known };
  const has = (flag: number) => (flags & flag) !== 0;
  const [router, solicited, override] = [has(FLAGS.router), has(FLAGS.solicited), has(FLAGS.override)];
  return { kind, router, solicited, override, target, ...known };
}

/** Whether an IPv6 address is that of a group (RFC 4291 §2.7). */
export function isMulticast({ value }: IpAddress): boolean {
  return value >> 120n === 0xffn;
}

/** The solicited-node group of an address: where its neighbours ask for it (RFC 4291 §2.7.1). */
export function solicitedNodeGroup({ value }: IpAddress): IpAddress {
  return { family: 6, value: SOLICITED_NODE | (value & 0xff_ffffn) };
}

/** The Ethernet address of an IPv6 group (RFC 2464 §7). */
export function groupMac({ value }: IpAddress): Mac {
  const octets = [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn);
  return `33:33:${octets.map((octet) => octet.toString(16).padStart(2, "0")).join(":")}`;
}

/** The frame of an NDP message to a group. */
export function ndpFrame(mac: Mac, source: IpAddress, destination: IpAddress, message: NdpMessage): EthernetFrame {
  const payload = encodeIcmpv6({ source, destination, hopLimit: NDP_HOP_LIMIT, message: encodeNdp(message) });
  return { destination: groupMac(destination), source: mac, etherType: ETHERTYPE.ipv6, payload };
}

/** Tells all on the link that `mac` has `target` now, over what they knew (RFC 4861 §7.2.6). */
export function unsolicitedAdvertisement(mac: Mac, source: IpAddress, target: IpAddress): EthernetFrame {
  const flags = { router: false, solicited: false, override: true } as const;
  return ndpFrame(mac, source, ALL_NODES, { kind: "advertisement", ...flags, target, mac });
}

/** Asks all on the link who has `target`. */
export function neighborSolicitation(mac: Mac, source: IpAddress, target: IpAddress): EthernetFrame {
  return ndpFrame(mac, source, solicitedNodeGroup(target), { kind: "solicitation", target, mac });
}

/** Asks whether anybody has `target`, without telling anything (RFC 4862 §5.4.2). */
export function duplicateProbe(mac: Mac, target: IpAddress): EthernetFrame {
  return ndpFrame(mac, UNSPECIFIED, solicitedNodeGroup(target), { kind: "solicitation", target });
}

function readMac(r: ByteReader, wanted: number): Mac | undefined {
  let mac: Mac | undefined;
  while (r.remaining > 0) {
    const type = r.u8("option type");
    const length = r.u8("option length");
    if (length === 0) r.fail("option length", "at least 1", "0");
    if (type === wanted && length === 1) mac ??= r.mac("link-layer address");
    else r.octets("option", length * OPTION_UNIT - 2);
  }
  return mac;
}
