import type { LinkSocket, OpenLinkSocket, OpenNdpSocket } from "@fairlead/linux";
import { formatAddress, type IpAddress, type Mac } from "@fairlead/net";
import { ipv6Source } from "../announce/source.ts";
import { ETHERTYPE, encodeEthernet } from "../packet/ethernet.ts";
import { encodeIcmpv6 } from "../packet/ipv6.ts";
import { groupMac, isMulticast, NDP_HOP_LIMIT, UNSPECIFIED } from "../packet/ndp.ts";
import { ndpIn } from "./ndp-in.ts";

/**
 * NDP sockets made of link sockets, where there is no kernel that knows IPv6. Who asked is remembered as long as the
 * socket is open; what is sent to somebody else is lost.
 */
export function ndpOverFrames(openLinkSocket: OpenLinkSocket): OpenNdpSocket {
  return (link, onSolicitation) => {
    const neighbors = new Map<string, Mac>();
    const groups = new Map<string, LinkSocket>();
    const hearAt = (address: Mac) => (frame: Uint8Array) => {
      const received = ndpIn(frame);
      if (received === undefined || received.frame.destination !== address) return;
      const { hopLimit, source, message } = received.packet;
      if (hopLimit !== NDP_HOP_LIMIT || received.message.kind !== "solicitation") return;
      neighbors.set(formatAddress(source), received.frame.source);
      onSolicitation(message, source);
    };
    const own = openLinkSocket(link, [ETHERTYPE.ipv6], hearAt(link.mac));
    const macOf = (address: IpAddress) =>
      isMulticast(address) ? groupMac(address) : neighbors.get(formatAddress(address));
    return {
      join(group) {
        const mac = groupMac(group);
        if (!groups.has(mac)) groups.set(mac, openLinkSocket(link, [ETHERTYPE.ipv6], hearAt(mac), { groups: [mac] }));
      },
      leave(group) {
        groups.get(groupMac(group))?.close();
        groups.delete(groupMac(group));
      },
      send(message, destination) {
        const mac = macOf(destination);
        if (mac === undefined) return;
        const source = ipv6Source(link.addresses) ?? UNSPECIFIED;
        const payload = encodeIcmpv6({ source, destination, hopLimit: NDP_HOP_LIMIT, message });
        own.send(encodeEthernet({ destination: mac, source: link.mac, etherType: ETHERTYPE.ipv6, payload }));
      },
      close() {
        own.close();
        for (const socket of groups.values()) socket.close();
      },
    };
  };
}
