import { ByteReader, ByteWriter, formatAddress, type IpAddress, type Prefix, parseAddress } from "@fairlead/net";

/** EtherType of heartbeats: IEEE 802 Local Experimental Ethertype 1. */
export const HEARTBEAT_ETHERTYPE = 0x88b5;

/** The group that speakers of one link listen to: a locally administered multicast address. */
export const HEARTBEAT_GROUP = "03:66:6c:64:00:01";

const MAGIC = 0x464c4842;
const VERSION = 1;
const LEAVING = 1;
const WANTS_TABLES = 2;
const OWNED = 1;
const CLAIMED = 2;
const STATES: ReadonlyMap<number, HoldState> = new Map([
  [OWNED, "owned"],
  [CLAIMED, "claimed"],
]);
const FAMILIES = new Map([
  [4, 4 as const],
  [6, 6 as const],
]);
/** Entries of a table that fit, IPv6 and all, into one frame of 1,500 octets with the longest node name. */
export const ENTRIES_PER_PART = 40;

/** How a node holds an address: answers for it, or is about to. */
export type HoldState = "owned" | "claimed";

/** One address in a node's table. */
export interface TableEntry {
  /** Canonical text. */
  readonly address: string;
  /** Number of take-overs of the address so far; the higher one is right. 0 to 2^32-1. */
  readonly epoch: number;
  readonly state: HoldState;
}

/** Part of the table of addresses that a node holds on the link. */
export interface TablePart {
  /** 0 to parts-1. */
  readonly part: number;
  /** 1 to 255. */
  readonly parts: number;
  readonly entries: readonly TableEntry[];
}

/**
 * What a speaker tells the others on a link, a few times a second: that it lives, which subnets it has there, and the
 * version of its table; the table itself, in parts, when it changed or somebody asks.
 *
 *     magic "FLHB" (4) | version (1) | flags (1) | incarnation (8) | sequence (4) | table version (4)
 *     name length (1) | node name | prefix count (1) | prefixes: family (1) length (1) address
 *     part (1) | parts (1), 0 if there is none | entry count (1) | entries: family (1) state (1) epoch (4) address
 */
export interface Heartbeat {
  /** Name of the node, at most 253 octets. */
  readonly node: string;
  /** Differs for each start of the speaker, and grows: milliseconds since the Unix epoch. */
  readonly incarnation: bigint;
  /** Grows by one with each heartbeat of an incarnation. */
  readonly sequence: number;
  /** The node is about to go: others take over what it holds. */
  readonly leaving: boolean;
  /** The node lacks somebody's table: all send theirs. */
  readonly wantsTables: boolean;
  /** Grows with each change of the table. */
  readonly tableVersion: number;
  /** The node's addresses on this link with their subnets, 255 at most. */
  readonly prefixes: readonly Prefix[];
  readonly table?: TablePart;
}

/** The payload of a heartbeat frame. */
export function encodeHeartbeat(heartbeat: Heartbeat): Uint8Array {
  const node = new TextEncoder().encode(heartbeat.node);
  const w = new ByteWriter().u32(MAGIC).u8(VERSION);
  w.u8((heartbeat.leaving ? LEAVING : 0) | (heartbeat.wantsTables ? WANTS_TABLES : 0));
  w.u64(heartbeat.incarnation).u32(heartbeat.sequence).u32(heartbeat.tableVersion);
  w.u8(node.length).octets(node).u8(heartbeat.prefixes.length);
  for (const { address, length } of heartbeat.prefixes) w.u8(address.family).u8(length).address(address);
  const { part, parts, entries } = heartbeat.table ?? { part: 0, parts: 0, entries: [] };
  w.u8(part).u8(parts).u8(entries.length);
  for (const { address, epoch, state } of entries) {
    const parsed = parseAddress(address);
    w.u8(parsed.family)
      .u8(state === "owned" ? OWNED : CLAIMED)
      .u32(epoch)
      .address(parsed);
  }
  return w.finish();
}

/** @throws DecodeError for anything but a heartbeat of this version; Ethernet padding after it is allowed. */
export function decodeHeartbeat(octets: Uint8Array): Heartbeat {
  const r = new ByteReader("heartbeat", octets);
  r.expectU32("magic", MAGIC);
  r.expectU8("version", VERSION);
  const flags = r.u8("flags");
  if ((flags & ~(LEAVING | WANTS_TABLES)) !== 0) r.fail("flags", "0 to 3", String(flags));
  const incarnation = r.u64("incarnation");
  const sequence = r.u32("sequence");
  const tableVersion = r.u32("table version");
  const node = r.text("node name", r.u8("name length"));
  if (node === "" || Buffer.byteLength(node) > 253) r.fail("node name", "1 to 253 octets", String(node.length));
  const prefixes = Array.from({ length: r.u8("prefix count") }, () => readPrefix(r));
  const part = r.u8("part");
  const parts = r.u8("parts");
  const entries = Array.from({ length: r.u8("entry count") }, () => readEntry(r));
  if (parts === 0 && (part > 0 || entries.length > 0)) r.fail("part and entries", "none without a table", String(part));
  if (parts > 0 && part >= parts) r.fail("part", `below ${parts}`, String(part));
  return {
    node,
    incarnation,
    sequence,
    leaving: (flags & LEAVING) !== 0,
    wantsTables: (flags & WANTS_TABLES) !== 0,
    tableVersion,
    prefixes,
    ...(parts > 0 && { table: { part, parts, entries } }),
  };
}

function readPrefix(r: ByteReader): Prefix {
  const family = r.oneOf("prefix family", r.u8("prefix family"), FAMILIES);
  const length = r.u8("prefix length");
  if (length > (family === 4 ? 32 : 128)) r.fail("prefix length", "within the address", String(length));
  return { address: r.address("prefix address", family), length };
}

function readEntry(r: ByteReader): TableEntry {
  const family = r.oneOf("entry family", r.u8("entry family"), FAMILIES);
  const state = r.oneOf("entry state", r.u8("entry state"), STATES);
  const epoch = r.u32("entry epoch");
  const address: IpAddress = r.address("entry address", family);
  return { address: formatAddress(address), epoch, state };
}
