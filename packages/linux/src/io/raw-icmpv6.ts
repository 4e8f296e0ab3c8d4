import { createRequire } from "node:module";
import { addressOctets, formatAddress, type IpAddress } from "@fairlead/net";
import koffi from "koffi";
import type { Link } from "../ports.ts";
import { SystemCallError } from "../system-call-error.ts";

/** What we use of the package raw-socket, which has no types. */
interface RawSocket {
  setOption(level: number, option: number, value: number): void;
  setOption(level: number, option: number, value: Buffer, length: number): void;
  on(event: "message", listener: (message: Buffer, source: string) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  pauseRecv(): void;
  close(): void;
  readonly wrap: {
    send(octets: Buffer, offset: number, length: number, address: string, sent: () => void): void;
  };
}

interface RawSocketPackage {
  createSocket(options: { readonly protocol: number; readonly addressFamily: number }): RawSocket;
}

const IPV6 = 2;
const ICMPV6 = 58;
const LEVEL = { socket: 1, ipv6: 41, icmpv6: 58 } as const;
const SO = { bindToDevice: 25, attachFilter: 26 } as const;
const IPV6_OPTION = { unicastHops: 16, multicastHops: 18, multicastLoop: 19 } as const;
const ICMP6_FILTER = 1;
const HOP_LIMIT = 255;
const HOP_LIMIT_OFFSET = 7;
const SKF_NET_OFF = -0x100000;
// struct sock_filter (code u16, jt u8, jf u8, k u32): drops all but packets with a hop limit of 255.
const FILTER: readonly (readonly [code: number, jt: number, jf: number, k: number])[] = [
  [0x30, 0, 0, SKF_NET_OFF + HOP_LIMIT_OFFSET],
  [0x15, 0, 1, HOP_LIMIT],
  [0x06, 0, 0, 0xffff],
  [0x06, 0, 0, 0],
];

/** Membership options of IPV6 sockets: the pair that joins and leaves. */
export const MEMBERSHIP = {
  group: { join: 20, leave: 21 },
  anycast: { join: 27, leave: 28 },
} as const;

/** A raw ICMPv6 socket (the package raw-socket) on one link. Main thread only: the package knows no other. */
export class RawIcmpv6 {
  readonly #link: Link;
  readonly #socket: RawSocket;

  /**
   * @param types - ICMPv6 types to receive, when their hop limit is 255; none for a socket that only has memberships.
   * @throws SystemCallError
   */
  constructor(link: Link, types: readonly number[], onMessage: (message: Uint8Array, source: string) => void) {
    this.#link = link;
    this.#socket = this.#try("open ICMPv6 socket", "socket", () => {
      return raw().createSocket({ protocol: ICMPV6, addressFamily: IPV6 });
    });
    try {
      this.#try("open ICMPv6 socket", "setsockopt", () => this.#configure(types));
    } catch (error) {
      this.close();
      throw error;
    }
    // What cannot be received is lost, as on the wire.
    this.#socket.on("error", () => undefined);
    if (types.length === 0) this.#socket.pauseRecv();
    else this.#socket.on("message", (message, source) => onMessage(Uint8Array.from(message), source));
  }

  /** Joins or leaves, by an option of {@link MEMBERSHIP}. @throws SystemCallError */
  membership(what: "join" | "leave", option: number, address: IpAddress): void {
    // struct ipv6_mreq: address, interface index in host byte order.
    const request = Buffer.alloc(20);
    request.set(addressOctets(address), 0);
    request.writeUInt32LE(this.#link.index, 16);
    this.#try(`${what} ${formatAddress(address)}`, "setsockopt", () => {
      this.#socket.setOption(LEVEL.ipv6, option, request, request.length);
    });
  }

  /** Sends a message; the kernel fills in its checksum. @throws SystemCallError */
  send(message: Uint8Array, destination: IpAddress): void {
    const text = formatAddress(destination);
    // Past the package's own queue, which stands still for as long as there is something to receive.
    this.#try(`send to ${text}`, "sendto", () => {
      this.#socket.wrap.send(Buffer.from(message), 0, message.length, text, () => undefined);
    });
  }

  /** Leaves everything joined. */
  close(): void {
    this.#socket.close();
  }

  #configure(types: readonly number[]): void {
    const name = Buffer.from(`${this.#link.name}\0`);
    this.#socket.setOption(LEVEL.socket, SO.bindToDevice, name, name.length);
    const blocked = Buffer.alloc(32, 0xff);
    for (const type of types) blocked[type >> 3] = (blocked[type >> 3] ?? 0) & ~(1 << (type & 7));
    this.#socket.setOption(LEVEL.icmpv6, ICMP6_FILTER, blocked, blocked.length);
    this.#socket.setOption(LEVEL.ipv6, IPV6_OPTION.unicastHops, HOP_LIMIT);
    this.#socket.setOption(LEVEL.ipv6, IPV6_OPTION.multicastHops, HOP_LIMIT);
    this.#socket.setOption(LEVEL.ipv6, IPV6_OPTION.multicastLoop, 0);
    this.#attachFilter();
  }

  // The package hands over no hop limit, so the kernel must look at it.
  #attachFilter(): void {
    const memory = koffi.alloc("uint8_t", FILTER.length * 8);
    try {
      const view = new DataView(koffi.view(memory, FILTER.length * 8));
      FILTER.forEach(([code, jt, jf, k], i) => {
        view.setUint16(i * 8, code, true);
        view.setUint8(i * 8 + 2, jt);
        view.setUint8(i * 8 + 3, jf);
        view.setInt32(i * 8 + 4, k, true);
      });
      // struct sock_fprog: count u16, pointer at offset 8.
      const program = Buffer.alloc(16);
      program.writeUInt16LE(FILTER.length, 0);
      program.writeBigUInt64LE(koffi.address(memory), 8);
      this.#socket.setOption(LEVEL.socket, SO.attachFilter, program, program.length);
    } finally {
      koffi.free(memory);
    }
  }

  // The package tells what failed in words alone.
  #try<T>(what: string, call: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      throw new SystemCallError(`${what} on ${this.#link.name}`, call, words);
    }
  }
}

// Loaded when first needed: it cannot be loaded into a second thread, and need not be where there is no IPv6.
function raw(): RawSocketPackage {
  return createRequire(import.meta.url)("raw-socket");
}
