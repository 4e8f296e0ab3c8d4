import type { ByteReader, ByteWriter } from "@fairlead/net";
import type { ExtendedCommunity, LargeCommunity } from "./attribute.ts";

// draft-ietf-idr-link-bandwidth §2: type 0x40 (non-transitive, two-octet AS) or 0x00, sub-type 4.
const NON_TRANSITIVE_LINK_BANDWIDTH = 0x4004n;
const TRANSITIVE_LINK_BANDWIDTH = 0x0004n;

/** Eight octets (RFC 4360 §2). */
export function writeExtendedCommunity(w: ByteWriter, community: ExtendedCommunity): void {
  w.u64(community.kind === "other" ? community.value : linkBandwidthValue(community));
}

/** The inverse of {@link writeExtendedCommunity}; a link bandwidth that is no number is kept as it came. */
export function readExtendedCommunity(r: ByteReader): ExtendedCommunity {
  const value = r.u64("extended community");
  const type = value >> 48n;
  if (type !== NON_TRANSITIVE_LINK_BANDWIDTH && type !== TRANSITIVE_LINK_BANDWIDTH) return { kind: "other", value };
  const octetsPerSecond = float(Number(value & 0xffffffffn));
  if (!Number.isFinite(octetsPerSecond)) return { kind: "other", value };
  const transitive = type === TRANSITIVE_LINK_BANDWIDTH;
  return { kind: "linkBandwidth", transitive, as: Number((value >> 32n) & 0xffffn), octetsPerSecond };
}

/** Twelve octets (RFC 8092 §3). */
export function writeLargeCommunity(w: ByteWriter, community: LargeCommunity): void {
  w.u32(community.globalAdministrator).u32(community.localData1).u32(community.localData2);
}

/** The inverse of {@link writeLargeCommunity}. */
export function readLargeCommunity(r: ByteReader): LargeCommunity {
  return {
    globalAdministrator: r.u32("Global Administrator"),
    localData1: r.u32("Local Data Part 1"),
    localData2: r.u32("Local Data Part 2"),
  };
}

/**
 * Reads items to the end.
 *
 * @throws DecodeError if there is none, or the last one is cut off (RFC 7606 §7.8, §7.14, RFC 8092 §6).
 */
export function readSome<T>(r: ByteReader, field: string, read: (r: ByteReader) => T): T[] {
  if (r.remaining === 0) r.fail(field, "one or more", "none");
  const items: T[] = [];
  while (r.remaining > 0) items.push(read(r));
  return items;
}

function linkBandwidthValue({
  transitive,
  as,
  octetsPerSecond,
}: ExtendedCommunity & { kind: "linkBandwidth" }): bigint {
  const type = transitive ? TRANSITIVE_LINK_BANDWIDTH : NON_TRANSITIVE_LINK_BANDWIDTH;
  return (type << 48n) | (BigInt(as) << 32n) | BigInt(floatBits(octetsPerSecond));
}

function float(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits);
  return view.getFloat32(0);
}

function floatBits(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  return view.getUint32(0);
}
