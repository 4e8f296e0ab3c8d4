import type { Cancel } from "@fairlead/runtime";
import { SystemCallError } from "../system-call-error.ts";
import { AF, bindSocket, closeSocket, openSocket, receiveDatagram, SOCK, sendDatagram } from "./libc.ts";
import { onReadable } from "./readable.ts";

/** Netlink protocols (netlink(7)). */
export const NETLINK = { route: 0, netfilter: 12 } as const;

const SOCKADDR_NL = 12;
// The kernel never makes a dump datagram larger than 32 KiB.
const LARGEST = 1 << 16;

/** A netlink(7) socket of this process's network namespace. */
export class NetlinkSocket {
  readonly #what: string;
  readonly #fd: number;
  readonly #buffer = new Uint8Array(LARGEST);
  readonly #from = new Uint8Array(SOCKADDR_NL);
  #open = true;

  /**
   * @param protocol - one of {@link NETLINK}.
   * @param groups - bit mask of multicast groups to listen to.
   * @throws SystemCallError when it cannot be opened.
   */
  constructor(protocol: number, groups = 0) {
    this.#what = `netlink socket of protocol ${protocol}`;
    this.#fd = openSocket(`open ${this.#what}`, AF.netlink, SOCK.raw, protocol);
    const address = new Uint8Array(SOCKADDR_NL);
    const view = new DataView(address.buffer);
    view.setUint16(0, AF.netlink, true);
    view.setUint32(8, groups, true);
    try {
      bindSocket(`open ${this.#what}`, this.#fd, address);
    } catch (error) {
      closeSocket(this.#fd);
      throw error;
    }
  }

  /**
   * Sends a datagram. The kernel has done what it asks for, and queued its answers, by the time this returns.
   *
   * @throws SystemCallError when it could not be sent, or the socket is closed.
   */
  send(datagram: Uint8Array): void {
    const code = this.#open ? sendDatagram(this.#fd, datagram) : "EBADF";
    if (code !== undefined) throw new SystemCallError(`send on ${this.#what}`, "send", code);
  }

  /**
   * The next queued datagram, valid until the next call; undefined when there is none.
   *
   * @throws SystemCallError, with code ENOBUFS when multicast messages were lost.
   */
  receive(): Uint8Array | undefined {
    if (!this.#open) return undefined;
    const received = receiveDatagram(this.#fd, this.#buffer, this.#from);
    if ("length" in received) return this.#buffer.subarray(0, Math.min(received.length, LARGEST));
    if (received.code === "EAGAIN" || received.code === "EINTR") return undefined;
    throw new SystemCallError(`receive on ${this.#what}`, "recvfrom", received.code);
  }

  /** Runs `drain` when there is something to receive. */
  onReadable(drain: () => void): Cancel {
    return onReadable(this.#fd, drain);
  }

  /** Cancel what {@link onReadable} returned first. Closing twice does nothing. */
  close(): void {
    if (this.#open) closeSocket(this.#fd);
    this.#open = false;
  }
}
