import { type ByteReader, type ByteWriter, formatAddress, parseAddress } from "@fairlead/net";
import { FAMILIES } from "./families.ts";

/** Every {@link Doubt} code; docs/troubleshooting.md has a heading for each. */
export const DOUBT_CODES = ["NotSeenOnWire", "WrongMac", "TwoOwners"] as const;

/** An owner does not answer as it ought to, seen from another node: not at all, or somebody else does, or both do. */
export interface Doubt {
  /** Canonical text. */
  readonly address: string;
  readonly code: (typeof DOUBT_CODES)[number];
}

const DOUBTS = new Map(DOUBT_CODES.map((code, i) => [i + 1, code] as const));

/** Doubts that a heartbeat without a table has room for. */
export const MOST_DOUBTS = 4;

/** Doubts in a heartbeat: code (1) family (1) address. */
export function writeDoubt(w: ByteWriter, { address, code }: Doubt): void {
  const parsed = parseAddress(address);
  w.u8(DOUBT_CODES.indexOf(code) + 1)
    .u8(parsed.family)
    .address(parsed);
}

/** The inverse of {@link writeDoubt}. @throws DecodeError for a code or family that there is not. */
export function readDoubt(r: ByteReader): Doubt {
  const code = r.oneOf("doubt code", r.u8("doubt code"), DOUBTS);
  const family = r.oneOf("doubt family", r.u8("doubt family"), FAMILIES);
  return { address: formatAddress(r.address("doubt address", family)), code };
}
