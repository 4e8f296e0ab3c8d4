import { addressFromOctets, addressOctets, DecodeError, type IpAddress } from "@fairlead/net";
import {
  attributeOctets,
  concat,
  decodeAttributes,
  encodeAttributes,
  hostU32,
  type NetlinkAttribute,
  type NetlinkMessage,
  readHostU32,
  viewOf,
} from "./netlink.ts";
import { AF, dumpRequest, splitHeader } from "./rtnetlink-body.ts";

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

const RTM_GETROUTE = 26;
const ROUTE_HEADER = 12;
const NEXT_HOP_HEADER = 8;
const RTA = { oif: 4, gateway: 5, multipath: 9, via: 18 } as const;
const MAIN_TABLE = 254;
const RTN_UNICAST = 1;

/** Asks for all routes. */
export function routeDumpRequest(sequence: number): NetlinkMessage {
  return dumpRequest(RTM_GETROUTE, sequence, new Uint8Array(ROUTE_HEADER));
}

/** The payload of a {@link PathMessage}. */
export function encodePath({ hops }: PathMessage): Uint8Array {
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

/** Undefined for a route of another table or kind. @throws DecodeError when a next hop is cut off. */
export function decodePath(kind: PathMessage["kind"], payload: Uint8Array): PathMessage | undefined {
  const { view, attributes } = splitHeader("route message", payload, ROUTE_HEADER);
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
