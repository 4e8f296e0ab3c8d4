import { type Mac, macFromOctets, macOctets } from "@fairlead/net";
import {
  attributeOctets,
  concat,
  encodeAttributes,
  hostU32,
  type NetlinkAttribute,
  type NetlinkMessage,
  nulText,
  readHostU32,
  viewOf,
} from "./netlink.ts";
import { dumpRequest, requireAttribute, splitHeader } from "./rtnetlink-body.ts";

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

/** Interface flags (IFF_*, netdevice(7)). */
export const IFF = { up: 1, loopback: 8, noArp: 0x80, lowerUp: 0x10000 } as const;

const RTM_GETLINK = 18;
const IFLA = { address: 1, name: 3, mtu: 4, master: 10, extMask: 29 } as const;
const RTEXT_FILTER_SKIP_STATS = 8;
const LINK_HEADER = 16;

/** Asks for all links, without their statistics. */
export function linkDumpRequest(sequence: number): NetlinkMessage {
  const skipStatistics = encodeAttributes([{ type: IFLA.extMask, value: hostU32(RTEXT_FILTER_SKIP_STATS) }]);
  return dumpRequest(RTM_GETLINK, sequence, concat([new Uint8Array(LINK_HEADER), skipStatistics]));
}

/** The payload of a {@link LinkMessage}. */
export function encodeLink({ index, flags, name, mac, mtu, master }: LinkMessage): Uint8Array {
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

/** @throws DecodeError when it lacks a name. */
export function decodeLink(kind: LinkMessage["kind"], payload: Uint8Array): LinkMessage {
  const { view, attributes } = splitHeader("link message", payload, LINK_HEADER);
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
