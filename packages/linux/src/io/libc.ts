import { getSystemErrorName } from "node:util";
import koffi from "koffi";
import { SystemCallError } from "../system-call-error.ts";

/** Address families, and socket types with their flags (x86-64 and arm64 agree on these). */
export const AF = { inet: 2, inet6: 10, packet: 17, netlink: 16 } as const;
export const SOCK = { stream: 1, raw: 3, nonblock: 0o4000, cloexec: 0o2000000 } as const;
const MSG_TRUNC = 0x20;
const MFD_CLOEXEC = 1;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
// libuv has no name for it.
const EINPROGRESS = 115;
const SO_ATTACH_FILTER = 26;
const SOCK_FPROG = 16;
const INSTRUCTION = 8;

const libc = koffi.load(null);

type Result = number;
type Call<Arguments extends unknown[]> = (...args: Arguments) => Result;

const socketCall: Call<[number, number, number]> = libc.func("int socket(int domain, int type, int protocol)");
const bindCall: Call<[number, Uint8Array, number]> = libc.func("int bind(int fd, const void *address, uint32_t size)");
const connectCall: Call<[number, Uint8Array, number]> = libc.func(
  "int connect(int fd, const void *address, uint32_t size)",
);
const getsockoptCall: Call<[number, number, number, Int32Array, Uint32Array]> = libc.func(
  "int getsockopt(int fd, int level, int name, void *value, void *size)",
);
const setsockoptCall: Call<[number, number, number, Uint8Array, number]> = libc.func(
  "int setsockopt(int fd, int level, int name, const void *value, uint32_t size)",
);
// struct sock_fprog (linux/filter.h): the number of instructions, and where they are.
koffi.struct("sock_fprog", { length: "uint16_t", filter: "const uint8_t *" });
interface SocketFilter {
  readonly length: number;
  readonly filter: Uint8Array;
}
const attachFilterCall: Call<[number, number, number, SocketFilter, number]> = libc.func(
  "int setsockopt(int fd, int level, int name, const sock_fprog *value, uint32_t size)",
);
const sendCall: Call<[number, Uint8Array, number, number]> = libc.func(
  "int64_t send(int fd, const void *octets, size_t length, int flags)",
);
const sendtoCall: Call<[number, Uint8Array, number, number, Uint8Array, number]> = libc.func(
  "int64_t sendto(int fd, const void *octets, size_t length, int flags, const void *to, uint32_t size)",
);
const recvfromCall: Call<[number, Uint8Array, number, number, Uint8Array, Uint8Array]> = libc.func(
  "int64_t recvfrom(int fd, void *octets, size_t length, int flags, void *from, void *fromSize)",
);
const memfdCall: Call<[string, number]> = libc.func("int memfd_create(const char *name, uint32_t flags)");
const closeCall: Call<[number]> = libc.func("int close(int fd)");

/** A new descriptor, non-blocking and closed on exec. @throws SystemCallError */
export function openSocket(what: string, family: number, type: number, protocol: number): number {
  return check(what, "socket", socketCall(family, type | SOCK.nonblock | SOCK.cloexec, protocol));
}

/** Binds to `address`, the octets of the family's sockaddr. @throws SystemCallError */
export function bindSocket(what: string, fd: number, address: Uint8Array): void {
  check(what, "bind", bindCall(fd, address, address.length));
}

/** Begins to connect to `address`, the octets of the family's sockaddr; how it ends {@link socketError} tells. @throws SystemCallError */
export function connectSocket(what: string, fd: number, address: Uint8Array): void {
  if (connectCall(fd, address, address.length) >= 0) return;
  if (koffi.errno() !== EINPROGRESS) throw new SystemCallError(what, "connect", errorCode());
}

/** The name of the error that the socket has pending (SO_ERROR), which this clears; undefined if there is none. */
export function socketError(fd: number): string | undefined {
  const value = new Int32Array(1);
  if (getsockoptCall(fd, SOL_SOCKET, SO_ERROR, value, Uint32Array.of(value.byteLength)) < 0) return errorCode();
  const [error = 0] = value;
  return error === 0 ? undefined : getSystemErrorName(-error);
}

/** Sets a socket option whose value is these octets. @throws SystemCallError */
export function setSocketOption(what: string, fd: number, level: number, name: number, value: Uint8Array): void {
  check(what, "setsockopt", setsockoptCall(fd, level, name, value, value.length));
}

/** Has the kernel run a filter (bpf(4), encoded) on what the socket receives. @throws SystemCallError */
export function attachFilter(what: string, fd: number, filter: Uint8Array): void {
  const program = { length: filter.length / INSTRUCTION, filter };
  check(what, "setsockopt", attachFilterCall(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, SOCK_FPROG));
}

/** Sends one datagram. Returns the name of the error, undefined when it went. */
export function sendDatagram(fd: number, octets: Uint8Array): string | undefined {
  return sendCall(fd, octets, octets.length, 0) < 0 ? errorCode() : undefined;
}

/** As {@link sendDatagram}, to the address of this sockaddr. */
export function sendDatagramTo(fd: number, octets: Uint8Array, to: Uint8Array): string | undefined {
  return sendtoCall(fd, octets, octets.length, 0, to, to.length) < 0 ? errorCode() : undefined;
}

/** What {@link receiveDatagram} saw: a datagram with its true length, or the name of the error ("EAGAIN": none there). */
export type Received = { readonly length: number } | { readonly code: string };

/**
 * Receives one datagram into `octets` and its sender's sockaddr into `from`. A datagram longer than `octets` is cut;
 * `length` is what it had.
 */
export function receiveDatagram(fd: number, octets: Uint8Array, from: Uint8Array): Received {
  const size = new Uint8Array([from.length, 0, 0, 0]);
  const length = recvfromCall(fd, octets, octets.length, MSG_TRUNC, from, size);
  return length < 0 ? { code: errorCode() } : { length };
}

/** A descriptor of a new, empty file in memory, closed on exec. @throws SystemCallError */
export function memoryFileDescriptor(name: string): number {
  return check("make a file in memory", "memfd_create", memfdCall(name, MFD_CLOEXEC));
}

/** Closes the descriptor. */
export function closeSocket(fd: number): void {
  closeCall(fd);
}

function check(what: string, call: string, result: number): number {
  if (result < 0) throw new SystemCallError(what, call, errorCode());
  return result;
}

function errorCode(): string {
  return getSystemErrorName(-koffi.errno());
}
