import type { Prefix } from "@fairlead/net";
import type { Millis } from "@fairlead/runtime";
import type { Heartbeat } from "../packet/heartbeat.ts";
import type { TableEntry } from "../packet/table-part.ts";
import type { OwnershipState, Peer } from "./state.ts";

/**
 * A peer after a heartbeat that is newer than all before. `table` and `end` stay the same objects while the same.
 *
 * @param detection - this node's own.
 */
export function hear(peer: Peer | undefined, heartbeat: Heartbeat, detection: Millis, now: Millis): Peer {
  const known = peer?.incarnation === heartbeat.incarnation ? peer : undefined;
  const { node, incarnation, sequence, leaving, listening, reluctant, heldDown, tableVersion } = heartbeat;
  const { table, parts } = collect(known, heartbeat);
  return {
    node,
    incarnation,
    sequence,
    heardAt: now,
    leaving,
    listening,
    reluctant,
    heldDown,
    // Its kernel may answer for as long as it takes itself for heard.
    detection: Math.max(detection, heartbeat.detection),
    end: endOf(known, heartbeat),
    tableVersion,
    table,
    parts,
    unknownSince: table.version === tableVersion ? undefined : (known?.unknownSince ?? now),
  };
}

/**
 * A peer after an older or repeated heartbeat. It is no sign of life, and changes nothing (undefined) unless it has a part
 * of the table that is missing yet.
 */
export function hearLate(peer: Peer, heartbeat: Heartbeat): Peer | undefined {
  const isMissing = peer.unknownSince !== undefined && heartbeat.table !== undefined;
  const isOfTable = peer.incarnation === heartbeat.incarnation && peer.tableVersion === heartbeat.tableVersion;
  return isMissing && isOfTable ? withTable(peer, collect(peer, heartbeat)) : undefined;
}

/** Whether some live speaker's table is not known. */
export function lacksTable({ peers }: Pick<OwnershipState, "peers">): boolean {
  return [...peers.values()].some(({ unknownSince }) => unknownSince !== undefined);
}

function withTable(peer: Peer, { table, parts }: Pick<Peer, "table" | "parts">): Peer {
  return { ...peer, table, parts, unknownSince: table.version === peer.tableVersion ? undefined : peer.unknownSince };
}

/** A node that holds nothing has this table without ever having sent it. */
const EMPTY_TABLE: Peer["table"] = { version: 0, entries: new Map() };
const NO_PARTS: Peer["parts"] = new Map();

// A table counts once all its parts are there: half a table would make addresses look like orphans.
function collect(known: Peer | undefined, { tableVersion, table }: Heartbeat): Pick<Peer, "table" | "parts"> {
  const last = known?.table ?? EMPTY_TABLE;
  if (last.version === tableVersion) return { table: last, parts: NO_PARTS };
  const before = known?.tableVersion === tableVersion ? known.parts : NO_PARTS;
  if (table === undefined) return { table: last, parts: before };
  const parts = new Map(before).set(table.part, table.entries);
  if (parts.size < table.parts) return { table: last, parts };
  return { table: { version: tableVersion, entries: index(parts) }, parts: NO_PARTS };
}

function index(parts: Peer["parts"]): Map<string, TableEntry> {
  return new Map([...parts.values()].flat().map((entry) => [entry.address, entry]));
}

function endOf(known: Peer | undefined, { link: name, mac, prefixes }: Heartbeat): Peer["end"] {
  const isSame = known?.end.name === name && known.end.mac === mac && samePrefixes(known.end.prefixes, prefixes);
  return isSame ? known.end : { name, mac, prefixes };
}

function samePrefixes(a: readonly Prefix[], b: readonly Prefix[]): boolean {
  if (a.length !== b.length) return false;
  return a.every(({ address, length }, i) => {
    const other = b[i];
    return other?.length === length && other.address.family === address.family && other.address.value === address.value;
  });
}
