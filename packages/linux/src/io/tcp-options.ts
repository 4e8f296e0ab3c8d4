import type { KeyObject } from "node:crypto";
import { formatAddress, type IpAddress } from "@fairlead/net";
import { encodeMd5Signature, LONGEST_MD5_KEY } from "../packet/md5-signature.ts";
import { SystemCallError } from "../system-call-error.ts";
import type { ConnectOptions } from "../tcp.ts";
import { setSocketOption } from "./libc.ts";

/** A socket option: its level and name as the kernel has them, and what both are called in errors. */
interface SocketOption {
  readonly name: string;
  readonly level: number;
  readonly option: number;
}

const SOCKET = 1;
const IP = 0;
const TCP = 6;
const IPV6 = 41;
const OPTION = {
  reuseAddress: { name: "SO_REUSEADDR", level: SOCKET, option: 2 },
  bindToDevice: { name: "SO_BINDTODEVICE", level: SOCKET, option: 25 },
  noDelay: { name: "TCP_NODELAY", level: TCP, option: 1 },
  maximumSegment: { name: "TCP_MAXSEG", level: TCP, option: 2 },
  md5Signature: { name: "TCP_MD5SIG", level: TCP, option: 14 },
  userTimeout: { name: "TCP_USER_TIMEOUT", level: TCP, option: 18 },
  v6Only: { name: "IPV6_V6ONLY", level: IPV6, option: 26 },
} as const satisfies Record<string, SocketOption>;
const TTL: Record<4 | 6, SocketOption> = {
  4: { name: "IP_TTL", level: IP, option: 2 },
  6: { name: "IPV6_UNICAST_HOPS", level: IPV6, option: 16 },
};
const MINIMUM_TTL: Record<4 | 6, SocketOption> = {
  4: { name: "IP_MINTTL", level: IP, option: 21 },
  6: { name: "IPV6_MINHOPCOUNT", level: IPV6, option: 73 },
};

/** Sets all that a connection to a peer is to be made with, but for its addresses. @throws SystemCallError */
export function setConnectOptions(fd: number, options: ConnectOptions): void {
  const { to, device, key, ttl, minimumTtl, userTimeout, maximumSegment } = options;
  setNumber(fd, OPTION.noDelay, 1);
  if (device !== undefined) set(fd, OPTION.bindToDevice, new TextEncoder().encode(device));
  if (key !== undefined) setKey(fd, to.address, key);
  if (ttl !== undefined) setNumber(fd, TTL[to.address.family], ttl);
  if (minimumTtl !== undefined) setNumber(fd, MINIMUM_TTL[to.address.family], minimumTtl);
  if (userTimeout !== undefined) setNumber(fd, OPTION.userTimeout, userTimeout);
  if (maximumSegment !== undefined) setNumber(fd, OPTION.maximumSegment, maximumSegment);
}

/** Sets what a socket that listens for one family alone has. @throws SystemCallError */
export function setListenOptions(fd: number, { family }: IpAddress): void {
  setNumber(fd, OPTION.reuseAddress, 1);
  if (family === 6) setNumber(fd, OPTION.v6Only, 1);
}

/** Has the kernel sign, and check, segments to and from a peer (RFC 2385). The error names the peer, never the key. @throws SystemCallError */
export function setKey(fd: number, peer: IpAddress, key: KeyObject): void {
  const octets = key.export();
  const what = `sign segments for ${formatAddress(peer)}`;
  if (octets.length > LONGEST_MD5_KEY) throw new SystemCallError(what, "setsockopt TCP_MD5SIG", "EINVAL");
  set(fd, OPTION.md5Signature, encodeMd5Signature(peer, octets), what);
}

function setNumber(fd: number, option: SocketOption, value: number): void {
  set(fd, option, new Uint8Array(Int32Array.of(value).buffer));
}

function set(fd: number, { name, level, option }: SocketOption, value: Uint8Array, what = `set ${name}`): void {
  setSocketOption(what, fd, level, option, value);
}
