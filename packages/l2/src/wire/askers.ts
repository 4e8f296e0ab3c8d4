import { BPF, type BpfProgram, type Link, type LinkSocket, type OpenLinkSocket } from "@fairlead/linux";
import { DecodeError, formatAddress, type IpAddress, type Mac, parseAddress } from "@fairlead/net";
import type { Clock, Millis } from "@fairlead/runtime";
import { ipv6Source } from "../announce/source.ts";
import { clientSlot } from "../client-hash.ts";
import type { Slots } from "../ownership/shares.ts";
import { type Binding, decodeArp, encodeArp } from "../packet/arp.ts";
import { decodeEthernet, ETHERTYPE, encodeEthernet } from "../packet/ethernet.ts";
import { decodeIcmpv6, encodeIcmpv6 } from "../packet/ipv6.ts";
import { decodeNdp, encodeNdp, groupMac, NDP_HOP_LIMIT, solicitedNodeGroup } from "../packet/ndp.ts";

/** How long a neighbour may keep what it was told; who asked before that asks again. */
const REMEMBERED: Millis = 600_000;

/** Clients of one address that are remembered, the latest ones. */
const MOST_CLIENTS = 4_096;

// Offsets from the Ethernet header: RFC 826, RFC 8200 §3, RFC 4861 §4.3.
const OFFSET = { etherType: 12, arpOperation: 20, nextHeader: 20, icmpType: 54 } as const;
const REQUEST = 1;
const ICMPV6 = 58;
const NEIGHBOR_SOLICITATION = 135;

const QUESTIONS: BpfProgram = [
  BPF.load(2, OFFSET.etherType),
  BPF.ifEqual(ETHERTYPE.arp, 0, 3),
  BPF.load(2, OFFSET.arpOperation),
  BPF.ifEqual(REQUEST, 5, 0),
  BPF.refuse,
  BPF.load(1, OFFSET.nextHeader),
  BPF.ifEqual(ICMPV6, 0, 3),
  BPF.load(1, OFFSET.icmpType),
  BPF.ifEqual(NEIGHBOR_SOLICITATION, 0, 1),
  BPF.accept,
  BPF.refuse,
];

/** What {@link Askers} need. */
export interface AskersOptions {
  readonly openLinkSocket: OpenLinkSocket;
  readonly link: () => Link;
  readonly clock: Clock;
}

interface Client {
  readonly ip: IpAddress;
  readonly mac: Mac;
  readonly at: Millis;
}

/** Who has asked for shared addresses of late, whoever answered: they are to be told when their part of them moves. */
export class Askers {
  readonly #options: AskersOptions;
  readonly #clients = new Map<string, Map<string, Client>>();
  #socket: LinkSocket | undefined;

  constructor(options: AskersOptions) {
    this.#options = options;
  }

  /** Remembers who asks for these addresses, and forgets those that asked for others. @throws SystemCallError */
  listenFor(addresses: readonly string[]): void {
    if (addresses.length === this.#clients.size && addresses.every((address) => this.#clients.has(address))) return;
    for (const address of this.#clients.keys()) if (!addresses.includes(address)) this.#clients.delete(address);
    for (const address of addresses) if (!this.#clients.has(address)) this.#clients.set(address, new Map());
    this.close();
    if (addresses.length === 0) return;
    const { openLinkSocket, link } = this.#options;
    const groups = addresses.map(parseAddress).flatMap((ip) => {
      return ip.family === 6 ? [groupMac(solicitedNodeGroup(ip))] : [];
    });
    const options = { groups: [...new Set(groups)], filter: QUESTIONS };
    this.#socket = openLinkSocket(link(), [ETHERTYPE.arp, ETHERTYPE.ipv6], (frame) => this.#hear(frame), options);
  }

  /** Frames that tell each client of these parts, and nobody else, that this node has the address. */
  framesTo(address: string, slots: Slots): Uint8Array[] {
    const { link, clock } = this.#options;
    const oldest = clock.monotonic() - REMEMBERED;
    const ip = parseAddress(address);
    const own = { mac: link().mac, ip };
    return [...(this.#clients.get(address)?.values() ?? [])]
      .filter((client) => client.at >= oldest && slots.has(clientSlot(client.ip)))
      .map((client) => (ip.family === 4 ? arpFrame(own, client) : ndpFrameTo(own, client, link())));
  }

  /** Hears nothing more; what is known stays. */
  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  #hear(octets: Uint8Array): void {
    const question = questionIn(octets);
    const clients = question && this.#clients.get(formatAddress(question.wanted));
    if (question === undefined || clients === undefined) return;
    const key = formatAddress(question.asker.ip);
    // Moved to the end: the one that has not asked for the longest goes first.
    clients.delete(key);
    clients.set(key, { ...question.asker, at: this.#options.clock.monotonic() });
    const [first] = clients.keys();
    if (clients.size > MOST_CLIENTS && first !== undefined) clients.delete(first);
  }
}

function questionIn(octets: Uint8Array): { readonly asker: Binding; readonly wanted: IpAddress } | undefined {
  try {
    const { etherType, payload, source } = decodeEthernet(octets);
    if (etherType === ETHERTYPE.arp) {
      const { sender, target } = decodeArp(payload);
      return sender.ip.value === 0n ? undefined : { asker: sender, wanted: target.ip };
    }
    const packet = decodeIcmpv6(payload);
    const message = decodeNdp(packet.message);
    const isProbe = packet.source.value === 0n;
    if (message.kind !== "solicitation" || isProbe || packet.hopLimit !== NDP_HOP_LIMIT) return undefined;
    return { asker: { ip: packet.source, mac: message.mac ?? source }, wanted: message.target };
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function arpFrame(sender: Binding, target: Binding): Uint8Array {
  const payload = encodeArp({ operation: "reply", sender, target });
  return encodeEthernet({ destination: target.mac, source: sender.mac, etherType: ETHERTYPE.arp, payload });
}

function ndpFrameTo({ mac, ip }: Binding, client: Binding, { addresses }: Link): Uint8Array {
  const flags = { router: false, solicited: false, override: true };
  const message = encodeNdp({ kind: "advertisement", ...flags, target: ip, mac });
  const source = ipv6Source(addresses) ?? ip;
  const payload = encodeIcmpv6({ source, destination: client.ip, hopLimit: NDP_HOP_LIMIT, message });
  return encodeEthernet({ destination: client.mac, source: mac, etherType: ETHERTYPE.ipv6, payload });
}
