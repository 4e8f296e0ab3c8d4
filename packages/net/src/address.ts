import { Address6 } from "ip-address";

/** An address family: 4 for IPv4, 6 for IPv6. */
export type Family = 4 | 6;

/** An IP address as a value: its family and its integer, 0 to 2^32-1 or 2^128-1. Compare with {@link compareAddresses}. */
export interface IpAddress {
  readonly family: Family;
  readonly value: bigint;
}

/** Thrown when text is not an address, prefix, range or MAC address; the message says what must hold and what we got. */
export class AddressSyntaxError extends Error {
  override readonly name = "AddressSyntaxError";
}

/** Width of an address in bits: 32 or 128. */
export function addressBits(family: Family): 32 | 128 {
  return family === 4 ? 32 : 128;
}

/**
 * Parses an IPv4 address in dotted decimal or an IPv6 address in any RFC 4291 form.
 *
 * @throws AddressSyntaxError for anything else, blanks, leading zeros, zone ids and prefixes included.
 */
export function parseAddress(text: string): IpAddress {
  const address = tryParseAddress(text);
  if (address === undefined) {
    throw new AddressSyntaxError(`Cannot parse address: must be an IPv4 or IPv6 address, got ${JSON.stringify(text)}`);
  }
  return address;
}

/** As {@link parseAddress}, but returns undefined where that throws. */
export function tryParseAddress(text: string): IpAddress | undefined {
  const ipv4 = parseDottedDecimal(text);
  if (ipv4 !== undefined) return { family: 4, value: ipv4 };
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !text.includes(":") || !Address6.isValid(text)) return undefined;
  return { family: 6, value: new Address6(text).bigInt() };
}

/** Canonical text: dotted decimal, or RFC 5952. */
export function formatAddress(address: IpAddress): string {
  // Allocation formats each address it looks at; by the library it costs twenty times as much.
  if (address.family === 6) return compress(addressGroups(address.value));
  const value = Number(address.value);
  return `${value >>> 24}.${(value >>> 16) & 0xff}.${(value >>> 8) & 0xff}.${value & 0xff}`;
}

/** The eight groups of an IPv6 address, each of four hexadecimal digits in lower case. */
export function addressGroups(value: bigint): string[] {
  const digits = value.toString(16).padStart(32, "0");
  return Array.from({ length: 8 }, (_, i) => digits.slice(4 * i, 4 * i + 4));
}

/** Order by family (IPv4 first), then by value. */
export function compareAddresses(a: IpAddress, b: IpAddress): number {
  if (a.family !== b.family) return a.family - b.family;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

/** The address in network byte order: 4 or 16 octets. */
export function addressOctets(address: IpAddress): Uint8Array {
  const octets = new Uint8Array(addressBits(address.family) / 8);
  let rest = address.value;
  for (let i = octets.length - 1; i >= 0; i--) {
    octets[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return octets;
}

/**
 * The inverse of {@link addressOctets}.
 *
 * @throws AddressSyntaxError unless there are 4 or 16 octets.
 */
export function addressFromOctets(octets: Uint8Array): IpAddress {
  if (octets.length !== 4 && octets.length !== 16) {
    throw new AddressSyntaxError(`Cannot read address: must have 4 or 16 octets, got ${octets.length}`);
  }
  let value = 0n;
  for (const octet of octets) value = (value << 8n) | BigInt(octet);
  return { family: octets.length === 4 ? 4 : 6, value };
}

// RFC 5952 §4: no leading zeros, and "::" for the first of the longest runs of two or more groups of zeros.
function compress(groups: readonly string[]): string {
  let [from, length] = [0, 1];
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === "0000") end += 1;
    if (end - start > length) [from, length] = [start, end - start];
    if (end > start) start = end;
  }
  const short = groups.map((group) => group.replace(/^0{1,3}/, ""));
  if (length < 2) return short.join(":");
  return `${short.slice(0, from).join(":")}::${short.slice(from + length).join(":")}`;
}

// ip-address accepts leading zeros and prefixes here; an address in a Service or a pool must be unambiguous.
function parseDottedDecimal(text: string): bigint | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  let value = 0;
  for (let i = 1; i <= 4; i++) {
    const part = match[i] ?? "";
    const octet = Number(part);
    if (octet > 255 || (part.length > 1 && part.startsWith("0"))) return undefined;
    value = value * 256 + octet;
  }
  return BigInt(value);
}
