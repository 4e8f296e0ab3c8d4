import { addressFromOctets, type ByteReader, ByteWriter, type Family, type IpAddress } from "@fairlead/net";
import type { NextHop, PathAttribute } from "./attribute.ts";
import { type AfiSafi, UNICAST } from "./family.ts";
import { readPrefixes, writePrefix } from "./prefixes.ts";

type MpReach = Extract<PathAttribute, { kind: "mpReach" }>;
type MpUnreach = Extract<PathAttribute, { kind: "mpUnreach" }>;

/** Octets that a next hop may have: an address, or a global and a link-local one (RFC 2545 §3, RFC 8950 §3). */
const NEXT_HOP_LENGTHS: Readonly<Record<Family, readonly number[]>> = { 4: [4, 16, 32], 6: [16, 32] };

/** The AFI and SAFI with which both attributes begin. */
export function readAfiSafi(r: ByteReader): AfiSafi {
  return { afi: r.u16("AFI"), safi: r.u8("SAFI") };
}

/** The value of MP_REACH_NLRI (RFC 4760 §3). */
export function writeMpReach({ family, nextHop, nlri }: MpReach): Uint8Array {
  const w = new ByteWriter(4096);
  writeAfiSafi(w, UNICAST[family]);
  w.u8(nextHopLength(nextHop)).address(nextHop.address);
  if (nextHop.linkLocal !== undefined) w.address(nextHop.linkLocal);
  w.u8(0);
  for (const prefix of nlri) writePrefix(w, prefix);
  return w.finish();
}

/** @throws DecodeError for a next hop of a length that the family has not, and for NLRI that is none (RFC 7606 §7.11). */
export function readMpReach(r: ByteReader, family: Family): MpReach {
  readAfiSafi(r);
  const length = r.u8("next hop length");
  if (!NEXT_HOP_LENGTHS[family].includes(length)) {
    r.fail("next hop length", `one of ${NEXT_HOP_LENGTHS[family].join(", ")}`, String(length));
  }
  const nextHop = readNextHop(r.octets("next hop", length));
  r.u8("reserved");
  return { kind: "mpReach", family, nextHop, nlri: readPrefixes(family, r.octets("NLRI", r.remaining)) };
}

/** The value of MP_UNREACH_NLRI (RFC 4760 §4). */
export function writeMpUnreach({ family, withdrawn }: MpUnreach): Uint8Array {
  const w = new ByteWriter(withdrawn.length === 0 ? 3 : 4096);
  writeAfiSafi(w, UNICAST[family]);
  for (const prefix of withdrawn) writePrefix(w, prefix);
  return w.finish();
}

/** @throws DecodeError for withdrawn routes that are none (RFC 7606 §7.12). */
export function readMpUnreach(r: ByteReader, family: Family): MpUnreach {
  readAfiSafi(r);
  return { kind: "mpUnreach", family, withdrawn: readPrefixes(family, r.octets("withdrawn routes", r.remaining)) };
}

/** Octets of a next hop on the wire: 4, 16 or 32. */
export function nextHopLength({ address, linkLocal }: NextHop): number {
  return (address.family === 4 ? 4 : 16) + (linkLocal === undefined ? 0 : 16);
}

/** Why packets can go to no such next hop, to follow "got one"; undefined if they can (RFC 4271 §6.3). */
export function nextHopFault(address: IpAddress): string | undefined {
  if (address.family === 6) {
    if (address.value === 0n) return "that is unspecified";
    return address.value >> 120n === 0xffn ? "that is multicast" : undefined;
  }
  const first = address.value >> 24n;
  if (first === 0n) return "in 0.0.0.0/8";
  return first >= 224n ? "that is multicast or reserved" : undefined;
}

function writeAfiSafi(w: ByteWriter, { afi, safi }: AfiSafi): void {
  w.u16(afi).u8(safi);
}

function readNextHop(octets: Uint8Array): NextHop {
  if (octets.length < 32) return { address: addressFromOctets(octets) };
  return { address: addressFromOctets(octets.subarray(0, 16)), linkLocal: addressFromOctets(octets.subarray(16)) };
}
