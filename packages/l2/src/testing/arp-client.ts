import type { Link, LinkSocket, OpenLinkSocket } from "@fairlead/linux";
import { formatAddress, type Mac, parseAddress } from "@fairlead/net";
import type { Cancel, Clock, Millis } from "@fairlead/runtime";
import { arpRequest, decodeArp } from "../packet/arp.ts";
import { decodeEthernet, ETHERTYPE, encodeEthernet } from "../packet/ethernet.ts";

/** One ARP request, and what came of it before the next one for the same address. Times are of the monotonic clock. */
export interface ArpExchange {
  readonly askedAt: Millis;
  readonly answers: readonly { readonly mac: Mac; readonly at: Millis }[];
}

/** What an {@link ArpClient} needs: a host with one link, and its address there. */
export interface ArpClientOptions {
  readonly openLinkSocket: OpenLinkSocket;
  readonly link: () => Link;
  readonly clock: Clock;
}

interface Exchange extends ArpExchange {
  readonly answers: { readonly mac: Mac; readonly at: Millis }[];
}

/** A host that asks who has an address and writes down who answers. What it is told unasked it does not believe. */
export class ArpClient {
  readonly #options: ArpClientOptions;
  readonly #socket: LinkSocket;
  readonly #exchanges = new Map<string, Exchange[]>();

  constructor(options: ArpClientOptions) {
    this.#options = options;
    this.#socket = options.openLinkSocket(options.link(), [ETHERTYPE.arp], (frame) => this.#hear(frame));
  }

  /** All exchanges about an address so far, oldest first. */
  exchanges(address: string): readonly ArpExchange[] {
    return this.#exchanges.get(address) ?? [];
  }

  /** Asks once, all on the link. */
  ask(address: string): void {
    const { link, clock } = this.#options;
    const { mac, addresses } = link();
    const [own] = addresses;
    if (own === undefined) throw new Error(`Cannot ask for ${address}: the client must have an address of its own`);
    const exchanges = this.#exchanges.get(address) ?? [];
    this.#exchanges.set(address, exchanges);
    exchanges.push({ askedAt: clock.monotonic(), answers: [] });
    this.#socket.send(encodeEthernet(arpRequest({ mac, ip: own.address }, parseAddress(address))));
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

  #hear(frame: Uint8Array): void {
    const { destination, payload } = decodeEthernet(frame);
    const { operation, sender } = decodeArp(payload);
    if (operation !== "reply" || destination !== this.#options.link().mac) return;
    const exchange = this.#exchanges.get(formatAddress(sender.ip))?.at(-1);
    exchange?.answers.push({ mac: sender.mac, at: this.#options.clock.monotonic() });
  }
}
