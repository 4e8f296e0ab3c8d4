import {
  AddressSyntaxError,
  addressBits,
  compareAddresses,
  type Family,
  formatAddress,
  type IpAddress,
  parseAddress,
} from "./address.ts";

/** An inclusive range of addresses of one family; `first` is never above `last`. A CIDR block is one too. */
export interface AddressRange {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** A CIDR block with the address it was written with: a link's own address and its subnet in one (192.0.2.7/24). */
export interface Prefix {
  readonly address: IpAddress;
  /** Prefix length, 0 to 32 or 128. */
  readonly length: number;
}

/**
 * Parses "192.0.2.0/24" or "2001:db8::/64". Host bits are allowed and kept in `address`.
 *
 * @throws AddressSyntaxError for anything else.
 */
export function parsePrefix(text: string): Prefix {
  const slash = text.indexOf("/");
  const lengthText = text.slice(slash + 1);
  if (slash < 0 || !/^(0|[1-9]\d{0,2})$/.test(lengthText)) {
    throw new AddressSyntaxError(`Cannot parse CIDR: must be ADDRESS/LENGTH, got ${JSON.stringify(text)}`);
  }
  const address = parseAddress(text.slice(0, slash));
  const length = Number(lengthText);
  if (length > addressBits(address.family)) {
    const most = addressBits(address.family);
    throw new AddressSyntaxError(`Cannot parse CIDR: prefix length must be 0 to ${most}, got ${JSON.stringify(text)}`);
  }
  return { address, length };
}

/** "192.0.2.7/24", host bits kept. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix.address)}/${prefix.length}`;
}

/** Every address of the CIDR block, network and broadcast address included. */
export function prefixRange(prefix: Prefix): AddressRange {
  const hostBits = BigInt(addressBits(prefix.address.family) - prefix.length);
  const first = (prefix.address.value >> hostBits) << hostBits;
  return { family: prefix.address.family, first, last: first | ((1n << hostBits) - 1n) };
}

/**
 * Parses a CIDR block ("192.0.2.0/28", host bits masked) or a range ("192.0.2.10-192.0.2.20", blanks around "-" allowed).
 *
 * @throws AddressSyntaxError for anything else, a range of two families or with its end before its start included.
 */
export function parseRange(text: string): AddressRange {
  const dash = text.indexOf("-");
  if (dash < 0) return prefixRange(parsePrefix(text));
  const first = parseAddress(text.slice(0, dash).trim());
  const last = parseAddress(text.slice(dash + 1).trim());
  if (first.family !== last.family) {
    throw new AddressSyntaxError(`Cannot parse range: both ends must be of one family, got ${JSON.stringify(text)}`);
  }
  if (compareAddresses(first, last) > 0) {
    throw new AddressSyntaxError(
      `Cannot parse range: the start must not be above the end, got ${JSON.stringify(text)}`,
    );
  }
  return { family: first.family, first: first.value, last: last.value };
}

/** "192.0.2.10-192.0.2.20", or the address alone if it is the only one. */
export function formatRange(range: AddressRange): string {
  const first = formatAddress({ family: range.family, value: range.first });
  return range.first === range.last ? first : `${first}-${formatAddress({ family: range.family, value: range.last })}`;
}

/** Number of addresses in the range. */
export function rangeSize(range: AddressRange): bigint {
  return range.last - range.first + 1n;
}

/** Number of addresses in disjoint ranges together. */
export function countAddresses(ranges: readonly AddressRange[]): bigint {
  return ranges.reduce((sum, range) => sum + rangeSize(range), 0n);
}

/** Whether the address lies in the range. */
export function rangeContains(range: AddressRange, address: IpAddress): boolean {
  return range.family === address.family && range.first <= address.value && address.value <= range.last;
}

/** Whether the two ranges share an address. */
export function rangesOverlap(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** `from` without the addresses of `holes`: disjoint, in ascending order. */
export function subtractRanges(from: readonly AddressRange[], holes: readonly AddressRange[]): AddressRange[] {
  let rest = mergeRanges(from);
  for (const hole of holes) {
    rest = rest.flatMap((range) => {
      if (!rangesOverlap(range, hole)) return [range];
      const left = { ...range, last: hole.first - 1n };
      const right = { ...range, first: hole.last + 1n };
      return [left, right].filter((part) => part.first <= part.last);
    });
  }
  return rest;
}

/** The same addresses as disjoint, non-adjacent ranges: IPv4 first, ascending. */
export function mergeRanges(ranges: readonly AddressRange[]): AddressRange[] {
  const sorted = [...ranges].sort(
    (a, b) => a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0),
  );
  const merged: AddressRange[] = [];
  for (const range of sorted) {
    const previous = merged.at(-1);
    if (previous !== undefined && previous.family === range.family && range.first <= previous.last + 1n) {
      merged[merged.length - 1] = { ...previous, last: range.last > previous.last ? range.last : previous.last };
    } else {
      merged.push(range);
    }
  }
  return merged;
}
