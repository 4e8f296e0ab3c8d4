import { type ByteReader, type ByteWriter, formatAddress, type IpAddress, parseAddress } from "@fairlead/net";
import { FAMILIES } from "./families.ts";

/** How a node holds an address: answers for it, is about to, or answers for it until another one does. */
export type HoldState = "owned" | "claimed" | "yielding";

/**
 * How well a node stands that holds an address. `firm`: when it took it over it heard at least half of the speakers that it
 * knew. `lonely`: fewer, so it may be the one that is cut off. `slept`: it did not run for a while, and others may have
 * taken it for dead.
 */
export type Standing = "firm" | "lonely" | "slept";

/** One address in a node's table. */
export interface TableEntry {
  /** Canonical text. */
  readonly address: string;
  /** Grows with each take-over of the address; the higher one is right. 1 to 2^32-1. */
  readonly epoch: number;
  readonly state: HoldState;
  readonly standing: Standing;
}

/** Part of the table of addresses that a node holds on the link. */
export interface TablePart {
  /** 0 to parts-1. */
  readonly part: number;
  /** 1 to 65,535. */
  readonly parts: number;
  readonly entries: readonly TableEntry[];
}

/** Entries of a table that fit into one frame of 1,500 octets with the longest name and all prefixes, if all are IPv6. */
export const ENTRIES_PER_PART = 40;

const HOLD_STATES: readonly HoldState[] = ["owned", "claimed", "yielding"];
const STANDINGS: readonly Standing[] = ["firm", "lonely", "slept"];
/** State and standing share an octet: 1 to 3, and 0, 16 or 32. */
const HOLDS = new Map(
  STANDINGS.flatMap((standing, high) => {
    return HOLD_STATES.map((state, low) => [16 * high + low + 1, { state, standing }] as const);
  }),
);

/**
 * The table at the end of a heartbeat, zeros if there is none: part (2) | parts (2) | entry count (1) | entries: family (1)
 * state and standing (1) epoch (4) address.
 */
export function writeTablePart(w: ByteWriter, table: TablePart | undefined): void {
  const { part, parts, entries } = table ?? { part: 0, parts: 0, entries: [] };
  w.u16(part).u16(parts).u8(entries.length);
  for (const { address, epoch, state, standing } of entries) {
    const parsed = parseAddress(address);
    const hold = 16 * STANDINGS.indexOf(standing) + HOLD_STATES.indexOf(state) + 1;
    w.u8(parsed.family).u8(hold).u32(epoch).address(parsed);
  }
}

/** The inverse of {@link writeTablePart}. @throws DecodeError for a part that cannot be, and for such entries. */
export function readTablePart(r: ByteReader): TablePart | undefined {
  const part = r.u16("part");
  const parts = r.u16("parts");
  const entries = Array.from({ length: r.u8("entry count") }, () => readEntry(r));
  if (parts === 0 && part + entries.length > 0) {
    r.fail("part and entry count", "0 without a table", `${part} and ${entries.length}`);
  }
  if (parts > 0 && part >= parts) r.fail("part", `below ${parts}`, String(part));
  return parts > 0 ? { part, parts, entries } : undefined;
}

function readEntry(r: ByteReader): TableEntry {
  const family = r.oneOf("entry family", r.u8("entry family"), FAMILIES);
  const { state, standing } = r.oneOf("entry state", r.u8("entry state"), HOLDS);
  const epoch = r.u32("entry epoch");
  if (epoch === 0) r.fail("entry epoch", "at least 1", "0");
  const address: IpAddress = r.address("entry address", family);
  return { address: formatAddress(address), epoch, state, standing };
}
