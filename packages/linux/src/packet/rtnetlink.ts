import { type AddressMessage, decodeAddress, encodeAddress } from "./address-message.ts";
import { decodeLink, encodeLink, type LinkMessage } from "./link-message.ts";
import type { NetlinkMessage } from "./netlink.ts";
import { decodePath, encodePath, type PathMessage } from "./path-message.ts";

/** What the kernel tells of links, addresses and routes. */
export type RouteMessage = LinkMessage | AddressMessage | PathMessage;

/** Multicast groups of NETLINK_ROUTE: links, IPv4 and IPv6 addresses and routes. */
export const RTMGRP = { link: 1, ipv4Address: 0x10, ipv4Route: 0x40, ipv6Address: 0x100, ipv6Route: 0x400 } as const;

const TYPES = { link: 16, linkRemoved: 17, address: 20, addressRemoved: 21, route: 24, routeRemoved: 25 } as const;
const KINDS: ReadonlyMap<number, RouteMessage["kind"]> = new Map(
  Object.entries(TYPES).map(([kind, type]) => [type, kind as RouteMessage["kind"]]),
);

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
