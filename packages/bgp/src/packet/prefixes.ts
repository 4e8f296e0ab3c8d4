import { addressBits, ByteReader, type ByteWriter, type Family, type IpAddress, type Prefix } from "@fairlead/net";

const LOW_64_BITS = (1n << 64n) - 1n;

/** Octets of a prefix in an NLRI field: its length in bits, then as many octets as that has (RFC 4271 §4.3). */
export function prefixOctets(length: number): number {
  return 1 + ((length + 7) >> 3);
}

/** Writes the prefix as in an NLRI field; host bits are 0. */
export function writePrefix(w: ByteWriter, { address, length }: Prefix): void {
  w.u8(length);
  const bits = addressBits(address.family);
  // Nearly all routes of Services are host routes.
  if (length === bits) writeAddress(w, address);
  else writeNetwork(w, address, length);
}

/**
 * Reads a whole NLRI field; host bits are dropped.
 *
 * @throws DecodeError for a length above 32 or 128, or a prefix that is cut off (RFC 7606 §5.3).
 */
export function readPrefixes(family: Family, octets: Uint8Array): Prefix[] {
  const r = new ByteReader("BGP NLRI", octets);
  const prefixes: Prefix[] = [];
  while (r.remaining > 0) prefixes.push(readPrefix(r, family));
  return prefixes;
}

function readPrefix(r: ByteReader, family: Family): Prefix {
  const bits = addressBits(family);
  const length = r.u8("prefix length");
  if (length > bits) r.fail("prefix length", `0 to ${bits}`, String(length));
  const value = length === bits ? readAddress(r, family) : readNetwork(r, bits, length);
  return { address: { family, value }, length };
}

function readAddress(r: ByteReader, family: Family): bigint {
  return family === 4 ? BigInt(r.u32("prefix")) : (r.u64("prefix") << 64n) | r.u64("prefix");
}

function readNetwork(r: ByteReader, bits: number, length: number): bigint {
  let value = 0n;
  const octets = prefixOctets(length) - 1;
  for (let i = 0; i < octets; i++) value = (value << 8n) | BigInt(r.u8("prefix"));
  const host = BigInt(octets * 8 - length);
  return (value >> host) << BigInt(bits - length);
}

// As ByteWriter.address does, but without a loop over octets: a table may have 100,000 of these.
function writeAddress(w: ByteWriter, { family, value }: IpAddress): void {
  if (family === 4) w.u32(Number(value));
  else w.u64(value >> 64n).u64(value & LOW_64_BITS);
}

function writeNetwork(w: ByteWriter, { family, value }: IpAddress, length: number): void {
  const bits = addressBits(family);
  const host = BigInt(bits - length);
  const network = (value >> host) << host;
  for (let at = bits - 8; at > bits - 8 - length; at -= 8) w.u8(Number((network >> BigInt(at)) & 0xffn));
}
