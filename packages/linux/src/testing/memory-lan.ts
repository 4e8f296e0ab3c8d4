import { type Mac, type Prefix, parsePrefix } from "@fairlead/net";
import type { Cancel } from "@fairlead/runtime";
import type { Link, LinkSocket, Links, OpenLinkSocket } from "../ports.ts";
import { SystemCallError } from "../system-call-error.ts";

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
  link: Link;
  readonly listeners: Set<() => void>;
  readonly sockets: Set<Receiver>;
}

interface Receiver {
  readonly etherTypes: readonly number[];
  readonly onFrame: (frame: Uint8Array) => void;
}

/** An Ethernet segment in memory: frames arrive in order and whole, but never within the call that sends them. */
export class MemoryLan {
  readonly #stations: Station[] = [];

  /** Adds a host with a fresh Ethernet address. `prefix` is its own address with the subnet: "192.0.2.11/24". */
  host(name: string, prefix: string): MemoryHost {
    const index = this.#stations.length + 1;
    const station: Station = { link: link(index, [parsePrefix(prefix)]), listeners: new Set(), sockets: new Set() };
    this.#stations.push(station);
    return {
      name,
      links: linksOf(station),
      link: () => station.link,
      openLinkSocket: (_link, etherTypes, onFrame) => this.#open(station, { etherTypes, onFrame }),
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
    if (!from.link.up) return;
    const to = this.#stations.filter(
      (station) => station !== from && station.link.up && isFor(station.link.mac, frame),
    );
    setImmediate(() => {
      for (const station of to) deliver(station, frame);
    });
  }
}

function deliver(station: Station, frame: Uint8Array): void {
  if (!station.link.up) return;
  const etherType = ((frame[12] ?? 0) << 8) | (frame[13] ?? 0);
  for (const receiver of [...station.sockets]) {
    if (receiver.etherTypes.includes(etherType) && station.sockets.has(receiver)) receiver.onFrame(frame.slice());
  }
}

/** To a group (the lowest bit of the first octet), broadcast included, or to this address. */
function isFor(mac: Mac, frame: Uint8Array): boolean {
  const destination = Array.from(frame.subarray(0, 6), (octet) => octet.toString(16).padStart(2, "0")).join(":");
  return ((frame[0] ?? 0) & 1) === 1 || destination === mac;
}

function link(index: number, addresses: readonly Prefix[]): Link {
  const mac: Mac = `02:00:5e:00:54:${index.toString(16).padStart(2, "0")}`;
  return { index, name: "eth0", mac, mtu: MTU, up: true, loopback: false, noArp: false, addresses };
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
