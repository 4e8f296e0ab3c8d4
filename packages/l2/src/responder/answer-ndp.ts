import { DecodeError, formatAddress, type IpAddress, type Mac } from "@fairlead/net";
import { ALL_NODES, decodeNdp, encodeNdp, type NdpMessage, UNSPECIFIED } from "../packet/ndp.ts";
import type { DropReason } from "./drop-reason.ts";

/** What to do with a received message: send `reply` to `destination`, or nothing for this reason. */
export type NdpAnswer =
  | { readonly reply: Uint8Array; readonly destination: IpAddress; readonly address: IpAddress }
  | { readonly drop: DropReason };

/**
 * The answer to a Neighbor Solicitation (RFC 4861 §7.2.4): to who asks, with Solicited and Override set; to all nodes,
 * with Solicited clear, when somebody probes whether the address is free (source ::). Total.
 *
 * @param answered - the IPv6 addresses to answer for, in canonical text.
 * @param ownMac - the link's Ethernet address.
 * @param octets - the ICMPv6 message; hop limit and checksum were verified.
 */
export function answerNdp(
  answered: ReadonlySet<string>,
  ownMac: Mac,
  octets: Uint8Array,
  source: IpAddress,
): NdpAnswer {
  const message = tryDecode(octets);
  if (message === undefined) return { drop: "Malformed" };
  if (message.kind !== "solicitation") return { drop: "NotRequest" };
  const probe = source.value === UNSPECIFIED.value;
  // RFC 4861 §7.1.1: who has no address yet has nothing to tell.
  if (probe && message.mac !== undefined) return { drop: "Malformed" };
  const { target } = message;
  if (!answered.has(formatAddress(target))) return { drop: "NotAnsweredFor" };
  const flags = { router: false, solicited: !probe, override: true };
  return {
    address: target,
    reply: encodeNdp({ kind: "advertisement", ...flags, target, mac: ownMac }),
    destination: probe ? ALL_NODES : source,
  };
}

function tryDecode(octets: Uint8Array): NdpMessage | undefined {
  try {
    return decodeNdp(octets);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
