import type { Link, OpenLinkSocket } from "@fairlead/linux";
import { formatAddress, parseAddress } from "@fairlead/net";
import { gratuitousRequest } from "../src/packet/arp.ts";
import { ETHERTYPE, encodeEthernet } from "../src/packet/ethernet.ts";
import { ALL_NODES, groupMac, ndpFrame, solicitedNodeGroup, unsolicitedAdvertisement } from "../src/packet/ndp.ts";
import { answerArp } from "../src/responder/answer-arp.ts";
import { ndpIn } from "../src/testing/ndp-in.ts";

/** A host that has an address and is no speaker: it answers who asks, as RFC 826 and RFC 4862 §5.4.3 have it. */
export class StrangeHost {
  readonly mac: string;
  readonly #close: () => void;
  readonly #announce: () => void;

  constructor({ link, openLinkSocket }: { link(): Link; openLinkSocket: OpenLinkSocket }, address: string) {
    const { mac } = link();
    const ip = parseAddress(address);
    this.mac = mac;
    const hear = (frame: Uint8Array): void => {
      const arp = answerArp(new Set([address]), mac, frame);
      if ("reply" in arp) socket.send(arp.reply);
      const asked = ndpIn(frame)?.message;
      if (asked?.kind !== "solicitation" || formatAddress(asked.target) !== address) return;
      const flags = { router: false, solicited: false, override: true };
      const advertisement = { kind: "advertisement", ...flags, target: ip, mac } as const;
      socket.send(encodeEthernet(ndpFrame(mac, ip, ALL_NODES, advertisement)));
    };
    const groups = ip.family === 6 ? [groupMac(solicitedNodeGroup(ip))] : [];
    const socket = openLinkSocket(link(), [ETHERTYPE.arp, ETHERTYPE.ipv6], hear, { groups });
    this.#close = () => socket.close();
    const telling = ip.family === 4 ? gratuitousRequest({ mac, ip }) : unsolicitedAdvertisement(mac, ip, ip);
    this.#announce = () => socket.send(encodeEthernet(telling));
  }

  /** Tells all on the link that it has the address, as a host does that has just come up with it. */
  announce(): void {
    this.#announce();
  }

  leave(): void {
    this.#close();
  }
}
