import { concat, encodeAttributes, type NetlinkAttribute, type NetlinkMessage } from "@fairlead/linux";

/** Subsystem of nftables in netfilter's netlink messages: the upper octet of their type. */
export const NFNL_SUBSYS_NFTABLES = 10;

/** Tables of family netdev. */
const NFPROTO_NETDEV = 5;

/** One message of nftables about tables of family netdev. */
export function nftablesMessage(
  message: number,
  flags: number,
  sequence: number,
  attributes: readonly NetlinkAttribute[],
): NetlinkMessage {
  const payload = concat([nfgenmsg(NFPROTO_NETDEV, 0), encodeAttributes(attributes)]);
  return { type: (NFNL_SUBSYS_NFTABLES << 8) | message, flags, sequence, port: 0, payload };
}

/** struct nfgenmsg: family, version 0, resource id in network byte order. */
export function nfgenmsg(family: number, resource: number): Uint8Array {
  return Uint8Array.of(family, 0, resource >> 8, resource & 0xff);
}
