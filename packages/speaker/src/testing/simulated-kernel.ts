import {
  decodeArp,
  decodeEthernet,
  ETHERTYPE,
  type EthernetFrame,
  encodeArp,
  encodeEthernet,
} from "@fairlead/l2/testing";
import { decodeEcho, type Echo, encodeEcho, type LinkSocket, type OpenEcho } from "@fairlead/linux";
import type { MemoryHost } from "@fairlead/linux/testing";
import { BROADCAST_MAC, ByteReader, ByteWriter, type IpAddress, prefixRange, rangeContains } from "@fairlead/net";

/**
 * What the kernel of a machine does by itself, in IPv4: answers ARP and Echo for the machine's addresses on all of its links,
 * whatever becomes of its processes, and asks by Echo for them. A packet is two addresses, and an ICMP message with its length.
 */
export class SimulatedKernel {
  /** Whether it answers Echo, or a firewall forbids it. */
  answersEcho = true;
  readonly #ends: readonly { readonly host: MemoryHost; readonly socket: LinkSocket }[];
  /** By the identifier of their messages. */
  readonly #askers = new Map<number, Parameters<OpenEcho>[0]>();
  #identifiers = 0;

  /** @param hosts - the machine's ends of the networks that it is on. */
  constructor(hosts: readonly MemoryHost[]) {
    this.#ends = hosts.map((host) => {
      const hear = (octets: Uint8Array): void => this.#hear(host, socket, decodeEthernet(octets));
      const socket = host.openLinkSocket(host.link(), [ETHERTYPE.ipv4, ETHERTYPE.arp], hear);
      return { host, socket };
    });
  }

  /** Asks by Echo over the network that the address is in. */
  readonly openEcho: OpenEcho = (onReply): Echo => {
    const identifier = ++this.#identifiers;
    this.#askers.set(identifier, onReply);
    return {
      send: (data, to) => {
        if (to.family !== 4 || !this.#askers.has(identifier)) return false;
        for (const { host, socket } of this.#ends) {
          const own = host.link().addresses.find((each) => rangeContains(prefixRange(each), to));
          if (own === undefined) continue;
          const message = encodeEcho(4, { kind: "request", identifier, sequence: 0, data });
          send(host, socket, own.address, to, message);
        }
        return true;
      },
      close: () => void this.#askers.delete(identifier),
    };
  };

  #hear(host: MemoryHost, socket: LinkSocket, { etherType, payload }: EthernetFrame): void {
    if (etherType === ETHERTYPE.arp) answerArp(host, socket, payload);
    else this.#hearPacket(host, socket, payload);
  }

  #hearPacket(host: MemoryHost, socket: LinkSocket, octets: Uint8Array): void {
    const packet = new ByteReader("packet", octets);
    const source = packet.address("source", 4);
    const target = packet.address("target", 4);
    if (!has(host, target)) return;
    const message = decodeEcho(4, packet.octets("message", packet.u8("length"))); // the rest is Ethernet padding
    if (message.kind === "reply") this.#askers.get(message.identifier)?.(message.data, source);
    else if (this.answersEcho) send(host, socket, target, source, encodeEcho(4, { ...message, kind: "reply" }));
  }
}

function answerArp(host: MemoryHost, socket: LinkSocket, payload: Uint8Array): void {
  const { operation, sender, target } = decodeArp(payload);
  if (operation !== "request" || !has(host, target.ip)) return;
  const { mac } = host.link();
  const answer = encodeArp({ operation: "reply", sender: { mac, ip: target.ip }, target: sender });
  socket.send(encodeEthernet({ destination: sender.mac, source: mac, etherType: ETHERTYPE.arp, payload: answer }));
}

function has(host: MemoryHost, { family, value }: IpAddress): boolean {
  return host.link().addresses.some(({ address }) => address.family === family && address.value === value);
}

function send(host: MemoryHost, socket: LinkSocket, source: IpAddress, to: IpAddress, message: Uint8Array): void {
  const payload = new ByteWriter().address(source).address(to).u8(message.length).octets(message).finish();
  const { mac } = host.link();
  socket.send(encodeEthernet({ destination: BROADCAST_MAC, source: mac, etherType: ETHERTYPE.ipv4, payload }));
}
