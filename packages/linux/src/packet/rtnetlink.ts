import {
  addressFromOctets,
  addressOctets,
  DecodeError,
  type Mac,
  macFromOctets,
  macOctets,
  type Prefix,
} from "@fairlead/net";
import {
  attributeOctets,
  concat,
  decodeAttributes,
  encodeAttributes,
  hostU32,
  type NetlinkAttribute,
  type NetlinkMessage,
  NLM_F,
  nulText,
  readHostU32,
  viewOf,
} from "./netlink.ts";

/** A link that the kernel tells of (RTM_NEWLINK, RTM_DELLINK; struct ifinfomsg). */
export interface LinkMessage {
  readonly kind: "link" | "linkRemoved";
  readonly index: number;
  /** Interface flags (IFF_*), see {@link IFF}. */
  readonly flags: number;
  readonly name: string;
  /** Absent for links whose hardware address is not six octets long. */
  readonly mac?: Mac;
  readonly mtu: number;
  readonly master?: number;
}

/** An address of a link that the kernel tells of (RTM_NEWADDR, RTM_DELADDR; struct ifaddrmsg). */
export interface AddressMessage {
  readonly kind: "address" | "addressRemoved";
  /** Index of the link. */
  readonly index: number;
  /** The link's own address (on point-to-point links the peer's is another) and its prefix length. */
  readonly prefix: Prefix;
}

/** What the kernel tells of links and addresses. */
export type RouteMessage = LinkMessage | AddressMessage;

/** Interface flags (IFF_*, netdevice(7)). */
export const IFF = { up: 1, loopback: 8, noArp: 0x80, lowerUp: 0x10000 } as const;

/** Multicast groups of NETLINK_ROUTE: links, IPv4 and IPv6 addresses. */
export const RTMGRP = { link: 1, ipv4Address: 0x10, ipv6Address: 0x100 } as const;

const TYPES = { link: 16, linkRemoved: 17, address: 20, addressRemoved: 21 } as const;
const KINDS: ReadonlyMap<number, RouteMessage["kind"]> = new Map(
  Object.entries(TYPES).map(([kind, type]) => [type, kind as RouteMessage["kind"]]),
);
const RTM_GETLINK = 18;
const RTM_GETADDR = 22;
const IFLA = { address: 1, name: 3, mtu: 4, master: 10, extMask: 29 } as const;
const IFA = { address: 1, local: 2 } as const;
const RTEXT_FILTER_SKIP_STATS = 8;
const LINK_HEADER = 16;
const ADDRESS_HEADER = 8;
const AF = { 4: 2, 6: 10 } as const;

/** Asks for all links, without their statistics. */
export function linkDumpRequest(sequence: number): NetlinkMessage {
  const skipStatistics = encodeAttributes([{ type: IFLA.extMask, value: hostU32(RTEXT_FILTER_SKIP_STATS) }]);
  return request(RTM_GETLINK, sequence, concat([new Uint8Array(LINK_HEADER), skipStatistics]));
}

/** Asks for all addresses of all links. */
export function addressDumpRequest(sequence: number): NetlinkMessage {
  return request(RTM_GETADDR, sequence, new Uint8Array(ADDRESS_HEADER));
}

/** The message as the kernel sends it, for tests and fakes. */
export function encodeRouteMessage(message: RouteMessage): NetlinkMessage {
  const payload = "prefix" in message ? encodeAddress(message) : encodeLink(message);
  return { type: TYPES[message.kind], flags: 0, sequence: 0, port: 0, payload };
}

/**
 * What a message of NETLINK_ROUTE says; undefined when it is about something else.
 *
 * @throws DecodeError when it is about a link or an address, but lacks its name or address.
 */
export function decodeRouteMessage({ type, payload }: NetlinkMessage): RouteMessage | undefined {
  const kind = KINDS.get(type);
  switch (kind) {
    case "link":
    case "linkRemoved":
      return decodeLink(kind, payload);
    case "address":
    case "addressRemoved":
      return decodeAddress(kind, payload);
    case undefined:
      return undefined;
  }
}

function encodeLink({ index, flags, name, mac, mtu, master }: LinkMessage): Uint8Array {
  const header = new Uint8Array(LINK_HEADER);
  viewOf(header).setInt32(4, index, true);
  viewOf(header).setUint32(8, flags, true);
  const attributes: NetlinkAttribute[] = [
    { type: IFLA.name, value: nulText(name) },
    { type: IFLA.mtu, value: hostU32(mtu) },
  ];
  if (mac !== undefined) attributes.push({ type: IFLA.address, value: macOctets(mac) });
  if (master !== undefined) attributes.push({ type: IFLA.master, value: hostU32(master) });
  return concat([header, encodeAttributes(attributes)]);
}

function decodeLink(kind: LinkMessage["kind"], payload: Uint8Array): LinkMessage {
  const { view, attributes } = split("link message", payload, LINK_HEADER);
  const name = new TextDecoder().decode(requireAttribute("link message", attributes, IFLA.name)).replace(/\0.*$/s, "");
  const mac = attributeOctets(attributes, IFLA.address);
  const mtu = attributeOctets(attributes, IFLA.mtu);
  const master = attributeOctets(attributes, IFLA.master);
  return {
    kind,
    index: view.getInt32(4, true),
    flags: view.getUint32(8, true),
    name,
    mtu: mtu === undefined ? 0 : readHostU32("link MTU", mtu),
    ...(mac?.length === 6 && { mac: macFromOctets(mac) }),
    ...(master !== undefined && { master: readHostU32("link master", master) }),
  };
}

function encodeAddress({ index, prefix }: AddressMessage): Uint8Array {
  const header = new Uint8Array(ADDRESS_HEADER);
  header[0] = AF[prefix.address.family];
  header[1] = prefix.length;
  viewOf(header).setUint32(4, index, true);
  return concat([header, encodeAttributes([{ type: IFA.local, value: addressOctets(prefix.address) }])]);
}

function decodeAddress(kind: AddressMessage["kind"], payload: Uint8Array): AddressMessage {
  const { view, attributes } = split("address message", payload, ADDRESS_HEADER);
  const length = view.getUint8(1);
  const octets = attributeOctets(attributes, IFA.local) ?? requireAttribute("address message", attributes, IFA.address);
  if ((octets.length !== 4 && octets.length !== 16) || length > octets.length * 8) {
    const got = `${octets.length} octets and prefix length ${length}`;
    throw new DecodeError(`Cannot decode address message: must have an IPv4 or IPv6 address and prefix, got ${got}`);
  }
  return { kind, index: view.getUint32(4, true), prefix: { address: addressFromOctets(octets), length } };
}

function request(type: number, sequence: number, payload: Uint8Array): NetlinkMessage {
  return { type, flags: NLM_F.request | NLM_F.dump, sequence, port: 0, payload };
}

function split(what: string, payload: Uint8Array, header: number) {
  if (payload.length < header) {
    throw new DecodeError(`Cannot decode ${what}: header must have ${header} octets, got ${payload.length}`);
  }
  return { view: viewOf(payload), attributes: decodeAttributes(payload.subarray(header)) };
}

function requireAttribute(what: string, attributes: readonly NetlinkAttribute[], type: number): Uint8Array {
  const octets = attributeOctets(attributes, type);
  if (octets === undefined) throw new DecodeError(`Cannot decode ${what}: must have attribute ${type}, got none`);
  return octets;
}
