import {
  addressFromOctets,
  addressOctets,
  DecodeError,
  type IpAddress,
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

/** A unicast route of the main table that the kernel tells of (RTM_NEWROUTE, RTM_DELROUTE; struct rtmsg). */
export interface PathMessage {
  readonly kind: "route" | "routeRemoved";
  /** Its next hops that are routers; none of a route to a connected network. */
  readonly hops: readonly NextHop[];
}

/** A router, and the link that it is reached by. */
export interface NextHop {
  /** Index of the link. */
  readonly index: number;
  readonly gateway: IpAddress;
}

/** What the kernel tells of links, addresses and routes. */
export type RouteMessage = LinkMessage | AddressMessage | PathMessage;

/** Interface flags (IFF_*, netdevice(7)). */
export const IFF = { up: 1, loopback: 8, noArp: 0x80, lowerUp: 0x10000 } as const;

/** Multicast groups of NETLINK_ROUTE: links, IPv4 and IPv6 addresses and routes. */
export const RTMGRP = { link: 1, ipv4Address: 0x10, ipv4Route: 0x40, ipv6Address: 0x100, ipv6Route: 0x400 } as const;

const TYPES = { link: 16, linkRemoved: 17, address: 20, addressRemoved: 21, route: 24, routeRemoved: 25 } as const;
const KINDS: ReadonlyMap<number, RouteMessage["kind"]> = new Map(
  Object.entries(TYPES).map(([kind, type]) => [type, kind as RouteMessage["kind"]]),
);
const RTM_GETLINK = 18;
const RTM_GETADDR = 22;
const RTM_GETROUTE = 26;
const IFLA = { address: 1, name: 3, mtu: 4, master: 10, extMask: 29 } as const;
const IFA = { address: 1, local: 2 } as const;
const RTEXT_FILTER_SKIP_STATS = 8;
const LINK_HEADER = 16;
const ADDRESS_HEADER = 8;
const ROUTE_HEADER = 12;
const NEXT_HOP_HEADER = 8;
const RTA = { oif: 4, gateway: 5, multipath: 9, via: 18 } as const;
const MAIN_TABLE = 254;
const RTN_UNICAST = 1;
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

/** Asks for all routes. */
export function routeDumpRequest(sequence: number): NetlinkMessage {
  return request(RTM_GETROUTE, sequence, new Uint8Array(ROUTE_HEADER));
}

/** The message as the kernel sends it, for tests and fakes. */
export function encodeRouteMessage(message: RouteMessage): NetlinkMessage {
  const payload =
    "hops" in message ? encodePath(message) : "prefix" in message ? encodeAddress(message) : encodeLink(message);
  return { type: TYPES[message.kind], flags: 0, sequence: 0, port: 0, payload };
}

/**
 * What a message of NETLINK_ROUTE says; undefined when it is about something else, other tables and kinds of route
 * included.
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
    case "route":
    case "routeRemoved":
      return decodePath(kind, payload);
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

function encodePath({ hops }: PathMessage): Uint8Array {
  const header = new Uint8Array(ROUTE_HEADER);
  const [first] = hops;
  header[0] = AF[first?.gateway.family ?? 4];
  header[4] = MAIN_TABLE;
  header[7] = RTN_UNICAST;
  const [only, ...more] = hops.map(({ index, gateway }) => {
    return { index, attributes: [{ type: RTA.gateway, value: addressOctets(gateway) }] };
  });
  if (only === undefined) return header;
  if (more.length === 0) {
    return concat([header, encodeAttributes([...only.attributes, { type: RTA.oif, value: hostU32(only.index) }])]);
  }
  const paths = [only, ...more].map(({ index, attributes }) => {
    const encoded = encodeAttributes(attributes);
    const own = new Uint8Array(NEXT_HOP_HEADER);
    viewOf(own).setUint16(0, NEXT_HOP_HEADER + encoded.length, true);
    viewOf(own).setInt32(4, index, true);
    return concat([own, encoded]);
  });
  return concat([header, encodeAttributes([{ type: RTA.multipath, value: concat(paths) }])]);
}

function decodePath(kind: PathMessage["kind"], payload: Uint8Array): PathMessage | undefined {
  const { view, attributes } = split("route message", payload, ROUTE_HEADER);
  if (view.getUint8(4) !== MAIN_TABLE || view.getUint8(7) !== RTN_UNICAST) return undefined;
  const link = attributeOctets(attributes, RTA.oif);
  const own = link === undefined ? [] : nextHop(readHostU32("route link", link), attributes);
  const multipath = attributeOctets(attributes, RTA.multipath);
  return { kind, hops: [...own, ...(multipath === undefined ? [] : decodeMultipath(multipath))] };
}

// A list of struct rtnexthop, each with attributes of its own.
function decodeMultipath(octets: Uint8Array): NextHop[] {
  const hops: NextHop[] = [];
  for (let at = 0; at < octets.length; ) {
    const rest = octets.subarray(at);
    const length = rest.length < NEXT_HOP_HEADER ? 0 : viewOf(rest).getUint16(0, true);
    if (length < NEXT_HOP_HEADER || length > rest.length) {
      throw new DecodeError(
        `Cannot decode route message: next hop must have ${NEXT_HOP_HEADER} to ${rest.length} octets, got ${length}`,
      );
    }
    const attributes = decodeAttributes(rest.subarray(NEXT_HOP_HEADER, length));
    hops.push(...nextHop(viewOf(rest).getInt32(4, true), attributes));
    at += (length + 3) & ~3;
  }
  return hops;
}

// An IPv4 network can be reached by a router that has IPv6 alone (RFC 5549): its family comes with it then.
function nextHop(index: number, attributes: readonly NetlinkAttribute[]): NextHop[] {
  const via = attributeOctets(attributes, RTA.via)?.subarray(2);
  const octets = attributeOctets(attributes, RTA.gateway) ?? via;
  if (octets === undefined) return [];
  if (octets.length !== 4 && octets.length !== 16) {
    throw new DecodeError(
      `Cannot decode route message: gateway must be an IPv4 or IPv6 address, got ${octets.length} octets`,
    );
  }
  return [{ index, gateway: addressFromOctets(octets) }];
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
