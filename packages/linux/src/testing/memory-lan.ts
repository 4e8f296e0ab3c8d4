import { BROADCAST_MAC, type Mac, macFromOctets, type Prefix, parsePrefix } from "@fairlead/net";
import type { Cancel } from "@fairlead/runtime";
import type { BpfProgram } from "../packet/bpf.ts";
import type { Link, LinkSocket, Links, OpenLinkSocket } from "../ports.ts";
import { SystemCallError } from "../system-call-error.ts";
import { runBpf } from "./run-bpf.ts";

/** A host on a {@link MemoryLan}: it has one link, `eth0`. */
export interface MemoryHost {
  readonly name: string;
  readonly links: Links;
  readonly openLinkSocket: OpenLinkSocket;
  /** Its link as it is now. */
  link(): Link;
  /** Pulls the cable: no carrier, and no frame in or out. */
  cut(): void;
  restore(): void;
}

const ETHERNET_HEADER = 14;
const MTU = 1_500;

interface Station {
  readonly name: string;
  link: Link;
  readonly listeners: Set<() => void>;
  readonly sockets: Set<Receiver>;
}

interface Receiver {
  readonly etherTypes: readonly number[];
  readonly onFrame: (frame: Uint8Array) => void;
  readonly groups: readonly Mac[];
  readonly filter: BpfProgram | undefined;
}

/** An Ethernet segment in memory: frames arrive in order and whole, but never within the call that sends them. */
export class MemoryLan {
  readonly #stations: Station[] = [];
  /** EtherTypes that the switch does not forward. */
  readonly dropped = new Set<number>();
  #apart: ReadonlySet<string> = new Set();

  /**
   * Cuts the segment in two: from now on frames go only between hosts of one part, and no link loses its carrier. Nobody
   * named makes it whole again.
   */
  divide(...names: string[]): void {
    this.#apart = new Set(names);
  }

  /** Adds a host with a fresh Ethernet address. `prefixes` are its own addresses with their subnets: "192.0.2.11/24". */
  host(name: string, ...prefixes: string[]): MemoryHost {
    const index = this.#stations.length + 1;
    const station: Station = {
      name,
      link: link(index, prefixes.map(parsePrefix)),
      listeners: new Set(),
      sockets: new Set(),
    };
    this.#stations.push(station);
    return {
      name,
      links: linksOf(station),
      link: () => station.link,
      openLinkSocket: (_link, etherTypes, onFrame, { groups = [], filter } = {}) =>
        this.#open(station, { etherTypes, onFrame, groups: [BROADCAST_MAC, ...groups], filter }),
      cut: () => setUp(station, false),
      restore: () => setUp(station, true),
    };
  }

  #open(station: Station, receiver: Receiver): LinkSocket {
    station.sockets.add(receiver);
    return {
      send: (frame) => {
        const what = `send a frame of ${frame.length} octets on ${station.link.name}`;
        if (!station.sockets.has(receiver)) throw new SystemCallError(what, "send", "EBADF");
        if (frame.length < ETHERNET_HEADER) throw new SystemCallError(what, "send", "EINVAL");
        if (frame.length > MTU + ETHERNET_HEADER) throw new SystemCallError(what, "send", "EMSGSIZE");
        this.#carry(station, frame.slice());
      },
      close: () => void station.sockets.delete(receiver),
    };
  }

  #carry(from: Station, frame: Uint8Array): void {
    if (!from.link.up || this.dropped.has(etherTypeOf(frame))) return;
    setImmediate(() => {
      for (const station of this.#stations) {
        const isApart = this.#apart.has(station.name) !== this.#apart.has(from.name);
        if (station !== from && !isApart) deliver(station, frame);
      }
    });
  }
}

function deliver(station: Station, frame: Uint8Array): void {
  const destination = macFromOctets(frame.slice(0, 6));
  const etherType = etherTypeOf(frame);
  for (const receiver of [...station.sockets]) {
    if (!station.link.up || !station.sockets.has(receiver)) continue;
    const forUs = destination === station.link.mac || receiver.groups.includes(destination);
    const passes = receiver.filter === undefined || runBpf(receiver.filter, frame);
    if (forUs && passes && receiver.etherTypes.includes(etherType)) receiver.onFrame(frame.slice());
  }
}

function etherTypeOf(frame: Uint8Array): number {
  return ((frame[12] ?? 0) << 8) | (frame[13] ?? 0);
}

function link(index: number, addresses: readonly Prefix[]): Link {
  const mac: Mac = `02:00:5e:00:54:${index.toString(16).padStart(2, "0")}`;
  return { index, name: "eth0", mac, mtu: MTU, up: true, loopback: false, noArp: false, addresses, gateways: [] };
}

function linksOf(station: Station): Links {
  return {
    current: () => [station.link],
    onChange(listener): Cancel {
      const own = () => listener();
      station.listeners.add(own);
      return () => void station.listeners.delete(own);
    },
    close: () => station.listeners.clear(),
  };
}

function setUp(station: Station, up: boolean): void {
  if (station.link.up === up) return;
  station.link = { ...station.link, up };
  setImmediate(() => {
    for (const listener of [...station.listeners]) listener();
  });
}
