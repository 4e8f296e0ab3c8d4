import { BROADCAST_MAC, DecodeError, formatAddress, type IpAddress, type Mac } from "@fairlead/net";
import { type ArpPacket, decodeArp, encodeArp } from "../packet/arp.ts";
import { decodeEthernet, ETHERTYPE, type EthernetFrame, encodeEthernet } from "../packet/ethernet.ts";
import type { DropReason } from "./drop-reason.ts";

/** What to do with a received frame: send `reply`, or nothing for this reason. */
export type ArpAnswer =
  /** `client` asks for `address`. */
  | { readonly reply: Uint8Array; readonly address: IpAddress; readonly client: IpAddress }
  | { readonly drop: DropReason };

/**
 * The answer to an ARP request, by the same rules as the kernel responder: the frame went to all or to `ownMac`, and its
 * target is one of `answered`. It goes back to the frame's source alone. Total: octets that are no ARP are dropped.
 *
 * @param answered - the IPv4 addresses to answer for, in dotted decimal.
 * @param ownMac - the link's Ethernet address.
 */
export function answerArp(answered: ReadonlySet<string>, ownMac: Mac, octets: Uint8Array): ArpAnswer {
  const received = tryDecode(octets);
  if (received === undefined) return { drop: "Malformed" };
  const { frame, packet } = received;
  if (packet.operation !== "request") return { drop: "NotRequest" };
  if (frame.destination !== BROADCAST_MAC && frame.destination !== ownMac) return { drop: "OtherDestination" };
  if (!answered.has(formatAddress(packet.target.ip))) return { drop: "NotAnsweredFor" };
  const reply = encodeArp({
    operation: "reply",
    sender: { mac: ownMac, ip: packet.target.ip },
    target: packet.sender,
  });
  return {
    address: packet.target.ip,
    client: packet.sender.ip,
    reply: encodeEthernet({ destination: frame.source, source: ownMac, etherType: ETHERTYPE.arp, payload: reply }),
  };
}

function tryDecode(octets: Uint8Array): { frame: EthernetFrame; packet: ArpPacket } | undefined {
  try {
    const frame = decodeEthernet(octets);
    return frame.etherType === ETHERTYPE.arp ? { frame, packet: decodeArp(frame.payload) } : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
