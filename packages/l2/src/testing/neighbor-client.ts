import type { Link, LinkSocket, OpenLinkSocket } from "@fairlead/linux";
import { type Family, formatAddress, type IpAddress, type Mac, parseAddress } from "@fairlead/net";
import type { Cancel, Clock, Millis } from "@fairlead/runtime";
import { arpRequest, decodeArp } from "../packet/arp.ts";
import { decodeEthernet, ETHERTYPE, type EthernetFrame, encodeEthernet } from "../packet/ethernet.ts";
import { neighborSolicitation } from "../packet/ndp.ts";
import { ndpIn } from "./ndp-in.ts";

/** One question, and what came of it before the next one about the same address. Times are of the monotonic clock. */
export interface NeighborExchange {
  readonly askedAt: Millis;
  readonly answers: readonly { readonly mac: Mac; readonly at: Millis }[];
}

/** What a {@link NeighborClient} needs: a host with one link, and its addresses there. */
export interface NeighborClientOptions {
  readonly openLinkSocket: OpenLinkSocket;
  readonly link: () => Link;
  readonly clock: Clock;
}

interface Exchange extends NeighborExchange {
  readonly answers: { readonly mac: Mac; readonly at: Millis }[];
}

/**
 * A host that asks who has an address, by ARP or NDP, and writes down who answers. What it is told unasked it does not
 * believe.
 */
export class NeighborClient {
  readonly #options: NeighborClientOptions;
  readonly #socket: LinkSocket;
  readonly #exchanges = new Map<string, Exchange[]>();

  constructor(options: NeighborClientOptions) {
    this.#options = options;
    const etherTypes = [ETHERTYPE.arp, ETHERTYPE.ipv6];
    this.#socket = options.openLinkSocket(options.link(), etherTypes, (frame) => this.#hear(frame));
  }

  /** All exchanges about an address so far, oldest first. */
  exchanges(address: string): readonly NeighborExchange[] {
    return this.#exchanges.get(address) ?? [];
  }

  /** Asks once, all on the link. */
  ask(address: string): void {
    const exchanges = this.#exchanges.get(address) ?? [];
    this.#exchanges.set(address, exchanges);
    exchanges.push({ askedAt: this.#options.clock.monotonic(), answers: [] });
    this.#socket.send(encodeEthernet(this.#question(parseAddress(address))));
  }

  /** Asks at once and then again and again, `every` milliseconds. */
  askEvery(every: Millis, address: string): Cancel {
    let cancel: Cancel = () => {};
    const again = () => {
      this.ask(address);
      cancel = this.#options.clock.after(every, again);
    };
    again();
    return () => cancel();
  }

  #question(target: IpAddress): EthernetFrame {
    const { mac } = this.#options.link();
    const own = this.#own(target.family);
    return target.family === 4 ? arpRequest({ mac, ip: own }, target) : neighborSolicitation(mac, own, target);
  }

  #own(family: Family): IpAddress {
    const own = this.#options.link().addresses.find(({ address }) => address.family === family);
    if (own === undefined) throw new Error(`Cannot ask: the client must have an IPv${family} address of its own`);
    return own.address;
  }

  #hear(octets: Uint8Array): void {
    const frame = decodeEthernet(octets);
    if (frame.destination !== this.#options.link().mac) return;
    const answer = frame.etherType === ETHERTYPE.arp ? arpAnswer(frame.payload) : ndpAnswer(octets);
    if (answer === undefined) return;
    const exchange = this.#exchanges.get(formatAddress(answer.ip))?.at(-1);
    exchange?.answers.push({ mac: answer.mac, at: this.#options.clock.monotonic() });
  }
}

interface Answer {
  readonly ip: IpAddress;
  readonly mac: Mac;
}

function arpAnswer(payload: Uint8Array): Answer | undefined {
  const { operation, sender } = decodeArp(payload);
  return operation === "reply" ? sender : undefined;
}

function ndpAnswer(frame: Uint8Array): Answer | undefined {
  const message = ndpIn(frame)?.message;
  if (message?.kind !== "advertisement" || !message.solicited || message.mac === undefined) return undefined;
  return { ip: message.target, mac: message.mac };
}
