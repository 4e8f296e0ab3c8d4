import type { IpAddress } from "@fairlead/net";
import { encodeSocketAddress } from "./sockaddr.ts";

const STORAGE = 128;
const KEY_AT = STORAGE + 8;
/** The longest key of RFC 2385 that Linux takes, in octets (TCP_MD5SIG_MAXKEYLEN). */
export const LONGEST_MD5_KEY = 80;

/** The value of the socket option TCP_MD5SIG: struct tcp_md5sig of linux/tcp.h, for one peer. The key has 1 to 80 octets. */
export function encodeMd5Signature(peer: IpAddress, key: Uint8Array): Uint8Array {
  const octets = new Uint8Array(KEY_AT + LONGEST_MD5_KEY);
  octets.set(encodeSocketAddress(peer, 0));
  new DataView(octets.buffer).setUint16(STORAGE + 2, key.length, true);
  octets.set(key, KEY_AT);
  return octets;
}
