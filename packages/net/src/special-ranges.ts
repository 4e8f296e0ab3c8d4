import type { Family } from "./address.ts";
import { type AddressRange, parseRange } from "./range.ts";

/** Addresses of one link alone (RFC 3927 §2.1, RFC 4291 §2.5.6). */
export const LINK_LOCAL: Readonly<Record<Family, AddressRange>> = {
  4: parseRange("169.254.0.0/16"),
  6: parseRange("fe80::/10"),
};

/** Addresses of a host for itself (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
export const LOOPBACK: Readonly<Record<Family, AddressRange>> = {
  4: parseRange("127.0.0.0/8"),
  6: parseRange("::1/128"),
};
