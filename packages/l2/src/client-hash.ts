import { addressOctets, type IpAddress } from "@fairlead/net";

/** Into how many parts the clients of a shared address are divided. */
export const CLIENT_SLOTS = 64;

/** Start value of the hash, the same on every node. */
export const CLIENT_SEED = 0x66_6c;

const INITIAL = 0xdeadbeef;
const BLOCK = 12;

/** The part, 0 to 63, that a client belongs to by its address: as `jhash ... mod 64 seed 0x666c` of nft(8) has it. */
export function clientSlot(client: IpAddress): number {
  return Number((BigInt(jhash(addressOctets(client), CLIENT_SEED)) * BigInt(CLIENT_SLOTS)) >> 32n);
}

/** Bob Jenkins's lookup3, as the Linux kernel has it (include/linux/jhash.h), on a little-endian machine. */
function jhash(key: Uint8Array, seed: number): number {
  const padded = new Uint8Array(Math.max(1, Math.ceil(key.length / BLOCK)) * BLOCK);
  padded.set(key);
  const view = new DataView(padded.buffer);
  let [a, b, c] = [0, 0, 0].map(() => (INITIAL + key.length + seed) | 0) as [number, number, number];
  for (let at = 0; at < padded.length; at += BLOCK) {
    a = (a + view.getUint32(at, true)) | 0;
    b = (b + view.getUint32(at + 4, true)) | 0;
    c = (c + view.getUint32(at + 8, true)) | 0;
    [a, b, c] = at + BLOCK < padded.length ? mix(a, b, c) : final(a, b, c);
  }
  return c >>> 0;
}

type Words = [number, number, number];

function mix(a: number, b: number, c: number): Words {
  a = (a - c) ^ rotate(c, 4);
  c = (c + b) | 0;
  b = (b - a) ^ rotate(a, 6);
  a = (a + c) | 0;
  c = (c - b) ^ rotate(b, 8);
  b = (b + a) | 0;
  a = (a - c) ^ rotate(c, 16);
  c = (c + b) | 0;
  b = (b - a) ^ rotate(a, 19);
  a = (a + c) | 0;
  c = (c - b) ^ rotate(b, 4);
  b = (b + a) | 0;
  return [a, b, c];
}

function final(a: number, b: number, c: number): Words {
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return [a, b, c];
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
