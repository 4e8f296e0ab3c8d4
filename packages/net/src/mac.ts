import { AddressSyntaxError } from "./address.ts";

/** A 48-bit IEEE MAC address in lower-case text with colons: "02:00:5e:00:53:01". */
export type Mac = string & { readonly brand?: "Mac" };

/** The Ethernet broadcast address. */
export const BROADCAST_MAC: Mac = "ff:ff:ff:ff:ff:ff";

/**
 * Parses six hexadecimal octets with colons, in either case.
 *
 * @throws AddressSyntaxError for anything else.
 */
export function parseMac(text: string): Mac {
  if (!/^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$/.test(text)) {
    throw new AddressSyntaxError(`Cannot parse MAC address: must be six hex octets, got ${JSON.stringify(text)}`);
  }
  return text.toLowerCase();
}

/** The six octets in transmission order. */
export function macOctets(mac: Mac): Uint8Array {
  return Uint8Array.from(mac.split(":"), (octet) => Number.parseInt(octet, 16));
}

/**
 * The inverse of {@link macOctets}.
 *
 * @throws AddressSyntaxError unless there are 6 octets.
 */
export function macFromOctets(octets: Uint8Array): Mac {
  if (octets.length !== 6) {
    throw new AddressSyntaxError(`Cannot read MAC address: must have 6 octets, got ${octets.length}`);
  }
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join(":");
}
