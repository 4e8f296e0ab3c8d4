import type { Link, LinkSocket, OpenLinkSocket } from "@fairlead/linux";
import { type AddressRange, DecodeError, formatAddress, type Mac, parseAddress } from "@fairlead/net";
import { ipv6Source } from "../announce/source.ts";
import { arpProbe, arpRequest, type Binding, decodeArp } from "../packet/arp.ts";
import { decodeEthernet, ETHERTYPE, type EthernetFrame, encodeEthernet } from "../packet/ethernet.ts";
import { decodeIcmpv6 } from "../packet/ipv6.ts";
import { ALL_NODES, decodeNdp, duplicateProbe, groupMac, NDP_HOP_LIMIT, neighborSolicitation } from "../packet/ndp.ts";
import { sightingFilter } from "./sighting-filter.ts";

/** Somebody said to have an address. */
export interface Sighting {
  /** Canonical text. */
  readonly address: string;
  readonly mac: Mac;
  /** Whether it was said to this node alone, as the answer to a question is. */
  readonly isAnswer: boolean;
}

/** What a {@link Wire} needs. */
export interface WireOptions {
  readonly openLinkSocket: OpenLinkSocket;
  /** The link as it is now; its index stays the same. */
  readonly link: () => Link;
  readonly onSighting: (sighting: Sighting) => void;
}

/** Asks on a link who has an address, by ARP or NDP, and hears everybody who says to have one. */
export class Wire {
  readonly #options: WireOptions;
  #socket: LinkSocket | undefined;
  #heard: readonly AddressRange[] = [];

  constructor(options: WireOptions) {
    this.#options = options;
  }

  /** Hears of the addresses of these ranges from now on. @throws SystemCallError */
  listenFor(ranges: readonly AddressRange[]): void {
    if (this.#socket !== undefined && sameRanges(ranges, this.#heard)) return;
    this.#socket?.close();
    const { openLinkSocket, link } = this.#options;
    const options = { groups: [groupMac(ALL_NODES)], filter: sightingFilter(ranges) };
    this.#socket = openLinkSocket(link(), [ETHERTYPE.arp, ETHERTYPE.ipv6], (frame) => this.#hear(frame), options);
    this.#heard = ranges;
  }

  /** Asks whether anybody has an address, without telling anything (RFC 5227 §2.1.1, RFC 4862 §5.4.2). */
  probe(address: string): void {
    const { mac } = this.#options.link();
    const target = parseAddress(address);
    this.#send(target.family === 4 ? arpProbe(mac, target) : duplicateProbe(mac, target));
  }

  /**
   * Asks who has an address, as any neighbour does.
   *
   * @param of - asks this one alone, not all on the link.
   * @returns false if the link has no address to ask from.
   */
  ask(address: string, of?: Mac): boolean {
    const { mac, addresses } = this.#options.link();
    const target = parseAddress(address);
    const own =
      target.family === 4 ? addresses.find((one) => one.address.family === 4)?.address : ipv6Source(addresses);
    if (own === undefined) return false;
    const question =
      target.family === 4 ? arpRequest({ mac, ip: own }, target) : neighborSolicitation(mac, own, target);
    this.#send(of === undefined ? question : { ...question, destination: of });
    return true;
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  #send(frame: EthernetFrame): void {
    this.#socket?.send(encodeEthernet(frame));
  }

  #hear(octets: Uint8Array): void {
    const seen = sightingIn(octets);
    const { mac } = this.#options.link();
    if (seen === undefined || seen.mac === mac) return;
    this.#options.onSighting({ address: formatAddress(seen.ip), mac: seen.mac, isAnswer: seen.to === mac });
  }
}

/** Who says in a frame to have which address; undefined if nobody does. A probe says nothing (RFC 5227 §1.1). */
export function sightingIn(octets: Uint8Array): (Binding & { readonly to: Mac }) | undefined {
  try {
    const frame = decodeEthernet(octets);
    if (frame.etherType === ETHERTYPE.arp) {
      const { sender } = decodeArp(frame.payload);
      return sender.ip.value === 0n ? undefined : { ...sender, to: frame.destination };
    }
    if (frame.etherType !== ETHERTYPE.ipv6) return undefined;
    const packet = decodeIcmpv6(frame.payload);
    const message = decodeNdp(packet.message);
    if (message.kind !== "advertisement" || packet.hopLimit !== NDP_HOP_LIMIT) return undefined;
    return { ip: message.target, mac: message.mac ?? frame.source, to: frame.destination };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function sameRanges(a: readonly AddressRange[], b: readonly AddressRange[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ family, first, last }, i) => {
      const other = b[i];
      return other?.family === family && other.first === first && other.last === last;
    })
  );
}
