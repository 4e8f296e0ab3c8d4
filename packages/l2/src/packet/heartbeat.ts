import { addressBits, ByteReader, ByteWriter, type Mac, type Prefix } from "@fairlead/net";
import type { Millis } from "@fairlead/runtime";
import { type Doubt, MOST_DOUBTS, readDoubt, writeDoubt } from "./doubt.ts";
import { FAMILIES } from "./families.ts";
import { readTablePart, type TablePart, writeTablePart } from "./table-part.ts";

/** EtherType of heartbeats: IEEE 802 Local Experimental Ethertype 1. */
export const HEARTBEAT_ETHERTYPE = 0x88b5;

/** The group that speakers of one link listen to: a locally administered multicast address. */
export const HEARTBEAT_GROUP = "03:66:6c:64:00:01";

/**
 * The packet mark (SO_MARK) that heartbeats leave this node with which keep its answers coming. It is not on the wire, and takes
 * CAP_NET_ADMIN: what else sends frames of this EtherType from this node keeps nothing open.
 */
export const OPENING_MARK = 0x464c4842;

const LEAVING = 1;
const WANTS_TABLES = 2;
const LISTENING = 4;
const RELUCTANT = 8;
const HELD_DOWN = 16;

/** Challenges that a heartbeat without a table has room to repeat. */
export const MOST_ECHOES = 100;

/** Prefixes that a heartbeat has room for. */
export const MOST_PREFIXES = 14;

/** Octets of the longest node name: that of a DNS subdomain (RFC 1123), as Kubernetes has it. */
const LONGEST_NAME = 253;

/** Octets of the longest name of a link: IFNAMSIZ less the one that ends it. */
const LONGEST_LINK_NAME = 15;

/**
 * What a speaker tells the others on a link, a few times a second: that it lives, which subnets it has there, and the
 * version of its table; the table itself, in parts, when it changed or somebody asks.
 *
 *     flags (1) | incarnation (8) | sequence (4) | highest epoch (4) | table version (4)
 *     challenge (8) | echo count (1) | echoes (8 each)
 *     name length (1) | node name | link name length (1) | link name | MAC (6) | detection (2) | prefix count (1) | prefixes: family (1) length (1) address
 *     doubt count (1) | doubts: code (1) family (1) address
 *     part (2) | parts (2), 0 if there is none | entry count (1) | entries: family (1) state and standing (1) epoch (4) address
 */
export interface Heartbeat {
  /** Name of the node, 1 to 253 octets of UTF-8. */
  readonly node: string;
  /**
   * Differs for each start of the speaker, and grows: milliseconds since the Unix epoch (48 bits), then the index of the
   * link (16 bits).
   */
  readonly incarnation: bigint;
  /** Grows by one with each heartbeat of an incarnation. */
  readonly sequence: number;
  /** The node is about to go: others take over what it holds. */
  readonly leaving: boolean;
  /** The node only listens for now: it takes nothing over. */
  readonly listening: boolean;
  /** The node takes over only what nobody else can. */
  readonly reluctant: boolean;
  /** The node is reluctant because it was lost too often. */
  readonly heldDown: boolean;
  /** The node lacks somebody's table: all send theirs. */
  readonly wantsTables: boolean;
  /** Others are to repeat this, to show that they live now; 0 if they need not. */
  readonly challenge: bigint;
  /** Challenges of others that are repeated, {@link MOST_ECHOES} at most; none in a heartbeat with a table. */
  readonly echoes: readonly bigint[];
  /** The highest epoch of any address that the node has heard of, 0 if none. */
  readonly highestEpoch: number;
  /** Grows with each change of the table. */
  readonly tableVersion: number;
  /** What the node calls the link, 1 to 15 octets of UTF-8. */
  readonly link: string;
  /** The MAC address that the node answers with. */
  readonly mac: Mac;
  /** The node's addresses on this link with their subnets, one of each subnet, {@link MOST_PREFIXES} at most. */
  readonly prefixes: readonly Prefix[];
  /** Silence after which the node takes others for gone, in milliseconds, 1 to 65,535. */
  readonly detection: Millis;
  /** What the node sees wrong with addresses of others, {@link MOST_DOUBTS} at most; none in a heartbeat with a table. */
  readonly doubts: readonly Doubt[];
  readonly table?: TablePart;
}

/** The body of a heartbeat, as an Envelope has it. */
export function encodeHeartbeat(heartbeat: Heartbeat): Uint8Array {
  const node = new TextEncoder().encode(heartbeat.node);
  const link = new TextEncoder().encode(heartbeat.link);
  const w = new ByteWriter().u8(
    (heartbeat.leaving ? LEAVING : 0) |
      (heartbeat.wantsTables ? WANTS_TABLES : 0) |
      (heartbeat.listening ? LISTENING : 0) |
      (heartbeat.reluctant ? RELUCTANT : 0) |
      (heartbeat.heldDown ? HELD_DOWN : 0),
  );
  w.u64(heartbeat.incarnation).u32(heartbeat.sequence).u32(heartbeat.highestEpoch).u32(heartbeat.tableVersion);
  w.u64(heartbeat.challenge).u8(heartbeat.echoes.length);
  for (const echo of heartbeat.echoes) w.u64(echo);
  w.u8(node.length)
    .octets(node)
    .u8(link.length)
    .octets(link)
    .mac(heartbeat.mac)
    .u16(heartbeat.detection)
    .u8(heartbeat.prefixes.length);
  for (const { address, length } of heartbeat.prefixes) w.u8(address.family).u8(length).address(address);
  w.u8(heartbeat.doubts.length);
  for (const doubt of heartbeat.doubts) writeDoubt(w, doubt);
  writeTablePart(w, heartbeat.table);
  return w.finish();
}

/** @throws DecodeError for anything but the body of a heartbeat. */
export function decodeHeartbeat(octets: Uint8Array): Heartbeat {
  const r = new ByteReader("heartbeat", octets);
  const flags = r.u8("flags");
  if (flags > 31) r.fail("flags", "0 to 31", String(flags));
  const incarnation = r.u64("incarnation");
  const sequence = r.u32("sequence");
  const highestEpoch = r.u32("highest epoch");
  const tableVersion = r.u32("table version");
  const challenge = r.u64("challenge");
  const echoCount = r.u8("echo count");
  if (echoCount > MOST_ECHOES) r.fail("echo count", `at most ${MOST_ECHOES}`, String(echoCount));
  const echoes = Array.from({ length: echoCount }, () => r.u64("echo"));
  const node = readName(r, "node name", LONGEST_NAME);
  const link = readName(r, "link name", LONGEST_LINK_NAME);
  const mac = r.mac("MAC address");
  const detection = r.u16("detection time");
  if (detection === 0) r.fail("detection time", "at least 1", "0");
  const prefixCount = r.u8("prefix count");
  if (prefixCount > MOST_PREFIXES) r.fail("prefix count", `at most ${MOST_PREFIXES}`, String(prefixCount));
  const prefixes = Array.from({ length: prefixCount }, () => readPrefix(r));
  const doubtCount = r.u8("doubt count");
  if (doubtCount > MOST_DOUBTS) r.fail("doubt count", `at most ${MOST_DOUBTS}`, String(doubtCount));
  const doubts = Array.from({ length: doubtCount }, () => readDoubt(r));
  const table = readTablePart(r);
  r.end();
  return {
    node,
    incarnation,
    sequence,
    leaving: (flags & LEAVING) !== 0,
    listening: (flags & LISTENING) !== 0,
    reluctant: (flags & RELUCTANT) !== 0,
    heldDown: (flags & HELD_DOWN) !== 0,
    wantsTables: (flags & WANTS_TABLES) !== 0,
    highestEpoch,
    tableVersion,
    challenge,
    echoes,
    link,
    mac,
    detection,
    prefixes,
    doubts,
    ...(table !== undefined && { table }),
  };
}

function readName(r: ByteReader, what: string, longest: number): string {
  const length = r.u8(`${what} length`);
  if (length === 0 || length > longest) r.fail(`${what} length`, `1 to ${longest}`, String(length));
  return r.text(what, length);
}

function readPrefix(r: ByteReader): Prefix {
  const family = r.oneOf("prefix family", r.u8("prefix family"), FAMILIES);
  const length = r.u8("prefix length");
  const most = addressBits(family);
  if (length > most) r.fail("prefix length", `0 to ${most}`, String(length));
  return { address: r.address("prefix address", family), length };
}
