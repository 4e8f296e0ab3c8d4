import { randomInt } from "node:crypto";
import { addressFromOctets, addressOctets, DecodeError, type Family, type IpAddress } from "@fairlead/net";
import { encodeBpf } from "../packet/bpf.ts";
import { decodeEcho, echoReplyFilter, echoType, encodeEcho, IPV4_HEADER } from "../packet/echo.ts";
import type { Echo, OpenEcho } from "../ports.ts";
import { SystemCallError } from "../system-call-error.ts";
import {
  AF,
  attachFilter,
  closeSocket,
  openSocket,
  receiveDatagram,
  SOCK,
  sendDatagramTo,
  setSocketOption,
} from "./libc.ts";
import { onReadable } from "./readable.ts";

const PROTOCOL = { 4: 1, 6: 58 } as const;
const SOL_RAW = 255;
const ICMP_FILTER = 1;
const ICMP6_FILTER = 1;
// struct sockaddr_in: family u16, port u16, address[4], 8 more; sockaddr_in6: family, port, flow u32, address[16], scope u32.
const SOCKADDR = { 4: { octets: 16, address: 4 }, 6: { octets: 28, address: 8 } } as const;
const LARGEST = 512;
// Whoever knows the identifier may flood: the event loop must come to other things.
const REPLIES_AT_ONCE = 64;
/** Where nothing can go is an answer of its own: there is no way to that address. */
const NO_WAY: ReadonlySet<string> = new Set(["ENETUNREACH", "EHOSTUNREACH", "ENETDOWN"]);

/** Opens raw ICMP sockets (raw(7), icmp(7)), one for each family that the node has. */
export const openEcho: OpenEcho = (onReply) => {
  const identifier = randomInt(1, 0x10000);
  const sockets = new Map<Family, Echo>();
  const failures: unknown[] = [];
  for (const family of [4, 6] as const) {
    try {
      sockets.set(family, open(family, identifier, onReply));
    } catch (error) {
      failures.push(error);
    }
  }
  if (sockets.size === 0) throw failures[0];
  return {
    send: (data, to) => sockets.get(to.family)?.send(data, to) ?? false,
    close() {
      for (const socket of sockets.values()) socket.close();
      sockets.clear();
    },
  };
};

function open(family: Family, identifier: number, onReply: Parameters<OpenEcho>[0]): Echo {
  const what = `open ICMP socket for IPv${family}`;
  const fd = openSocket(what, family === 4 ? AF.inet : AF.inet6, SOCK.raw, PROTOCOL[family]);
  try {
    // Before anything else is looked at, the kernel passes over all types but one.
    if (family === 4) setSocketOption(what, fd, SOL_RAW, ICMP_FILTER, allBut(echoType(4, "reply"), 4));
    else setSocketOption(what, fd, PROTOCOL[6], ICMP6_FILTER, allBut(echoType(6, "reply"), 32));
    attachFilter(what, fd, encodeBpf(echoReplyFilter(family, identifier)));
  } catch (error) {
    closeSocket(fd);
    throw error;
  }
  const buffer = new Uint8Array(LARGEST);
  const from = new Uint8Array(SOCKADDR[family].octets);
  let isOpen = true;
  let sequence = 0;
  const stop = onReadable(fd, () => {
    for (let i = 0; isOpen && i < REPLIES_AT_ONCE; i++) {
      const received = receiveDatagram(fd, buffer, from);
      if ("code" in received) return;
      const start = family === 4 ? IPV4_HEADER : 0;
      const data = replyIn(family, buffer.slice(start, Math.max(start, received.length)), identifier);
      if (data !== undefined) onReply(data, addressIn(family, from));
    }
  });
  return {
    send(data, to) {
      if (!isOpen) throw new SystemCallError(`send an Echo message`, "sendto", "EBADF");
      sequence = (sequence + 1) & 0xffff;
      const message = encodeEcho(family, { kind: "request", identifier, sequence, data });
      const code = sendDatagramTo(fd, message, sockaddr(to));
      return code === undefined || NO_WAY.has(code);
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      stop();
      closeSocket(fd);
    },
  };
}

function replyIn(family: Family, octets: Uint8Array, identifier: number): Uint8Array | undefined {
  try {
    const message = decodeEcho(family, octets);
    return message.kind === "reply" && message.identifier === identifier ? message.data : undefined;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

// A bit for each type, set for those that are passed over.
function allBut(type: number, length: number): Uint8Array {
  const blocked = new Uint8Array(length).fill(0xff);
  blocked[type >> 3] = (blocked[type >> 3] ?? 0) & ~(1 << (type & 7));
  return blocked;
}

function sockaddr(to: IpAddress): Uint8Array {
  const { octets, address } = SOCKADDR[to.family];
  const encoded = new Uint8Array(octets);
  new DataView(encoded.buffer).setUint16(0, to.family === 4 ? AF.inet : AF.inet6, true);
  encoded.set(addressOctets(to), address);
  return encoded;
}

function addressIn(family: Family, from: Uint8Array): IpAddress {
  const { address } = SOCKADDR[family];
  return addressFromOctets(from.slice(address, address + (family === 4 ? 4 : 16)));
}
