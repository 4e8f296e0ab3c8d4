import { DecodeError } from "@fairlead/net";
import { decodeEthernet, ETHERTYPE, type EthernetFrame } from "../packet/ethernet.ts";
import { decodeIcmpv6, type Icmpv6Packet } from "../packet/ipv6.ts";
import { decodeNdp, type NdpMessage } from "../packet/ndp.ts";

/** An NDP message as it came, with what it came in. */
export interface ReceivedNdp {
  readonly frame: EthernetFrame;
  readonly packet: Icmpv6Packet;
  readonly message: NdpMessage;
}

/** The NDP message in an Ethernet frame; undefined for frames that have none, or a malformed one. */
export function ndpIn(octets: Uint8Array): ReceivedNdp | undefined {
  try {
    const frame = decodeEthernet(octets);
    if (frame.etherType !== ETHERTYPE.ipv6) return undefined;
    const packet = decodeIcmpv6(frame.payload);
    return { frame, packet, message: decodeNdp(packet.message) };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
