import type { Millis } from "@fairlead/runtime";
import type { Heartbeat, TableEntry } from "../packet/heartbeat.ts";
import type { Peer } from "./types.ts";

/**
 * A peer after a heartbeat of its. An older or repeated heartbeat changes nothing (undefined): a late frame must not
 * make a dead speaker live.
 */
export function hear(peer: Peer | undefined, heartbeat: Heartbeat, now: Millis): Peer | undefined {
  const known = peer?.incarnation === heartbeat.incarnation ? peer : undefined;
  if (peer !== undefined && known === undefined && heartbeat.incarnation < peer.incarnation) return undefined;
  if (known !== undefined && heartbeat.sequence <= known.sequence) return undefined;
  const { node, incarnation, sequence, leaving, prefixes, tableVersion } = heartbeat;
  const sameVersion = known?.tableVersion === tableVersion;
  const parts = collect(sameVersion ? known.parts : new Map(), heartbeat);
  const whole = heartbeat.table !== undefined && parts.size === heartbeat.table.parts;
  const table = whole ? { version: tableVersion, entries: index(parts) } : (known?.table ?? EMPTY_TABLE);
  const current = table.version === tableVersion;
  const unknownSince = current ? undefined : (known?.unknownSince ?? now);
  const kept: Peer["parts"] = current ? new Map() : parts;
  return {
    node,
    incarnation,
    sequence,
    heardAt: now,
    leaving,
    prefixes,
    tableVersion,
    table,
    parts: kept,
    unknownSince,
  };
}

/** A node that holds nothing has this table without ever having sent it. */
const EMPTY_TABLE = { version: 0, entries: new Map<string, TableEntry>() };

function collect(parts: Peer["parts"], { table }: Heartbeat): Peer["parts"] {
  return table === undefined ? parts : new Map(parts).set(table.part, table.entries);
}

function index(parts: Peer["parts"]): Map<string, TableEntry> {
  return new Map([...parts.values()].flat().map((entry) => [entry.address, entry]));
}
