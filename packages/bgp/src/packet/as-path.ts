import { type ByteReader, ByteWriter } from "@fairlead/net";
import type { AsSegment } from "./attribute.ts";
import { AS_TRANS } from "./message.ts";

const SEGMENT_KINDS: ReadonlyMap<number, AsSegment["kind"]> = new Map([
  [1, "set"],
  [2, "sequence"],
]);
const SEGMENT_CODES = { set: 1, sequence: 2 } as const;

/** Whether an AS number needs four octets, and so goes into no attribute of two (RFC 6793 §3). */
export function needsFourOctets(as: number): boolean {
  return as > 0xffff;
}

/** Writes an AS number in four octets, or in two with {@link AS_TRANS} for one that does not fit. */
export function writeAs(w: ByteWriter, as: number, fourOctets: boolean): void {
  if (fourOctets) w.u32(as);
  else w.u16(needsFourOctets(as) ? AS_TRANS : as);
}

/** Reads an AS number; 0 is malformed wherever it stands in an attribute (RFC 7607 §2). */
export function readAs(r: ByteReader, fourOctets: boolean): number {
  const as = fourOctets ? r.u32("AS number") : r.u16("AS number");
  if (as === 0) r.fail("AS number", "above 0", "0");
  return as;
}

/** The value of AS_PATH, or of AS4_PATH in four octets (RFC 4271 §4.3, RFC 6793 §3). */
export function writeSegments(segments: readonly AsSegment[], fourOctets: boolean): Uint8Array {
  const w = new ByteWriter();
  for (const { kind, asns } of segments) {
    w.u8(SEGMENT_CODES[kind]).u8(asns.length);
    for (const as of asns) writeAs(w, as, fourOctets);
  }
  return w.finish();
}

/**
 * @throws DecodeError for a segment of another kind, of no AS numbers, or that is cut off (RFC 7606 §7.2). Confederation's segments
 * are of another kind too: Fairlead is in none (RFC 5065 §5).
 */
export function readSegments(r: ByteReader, fourOctets: boolean): AsSegment[] {
  const segments: AsSegment[] = [];
  while (r.remaining > 0) {
    const kind = r.oneOf("segment type", r.u8("segment type"), SEGMENT_KINDS);
    const count = r.u8("segment length");
    if (count === 0) r.fail("segment length", "above 0", "0");
    segments.push({ kind, asns: Array.from({ length: count }, () => readAs(r, fourOctets)) });
  }
  return segments;
}
