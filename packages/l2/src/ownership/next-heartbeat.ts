import type { Millis } from "@fairlead/runtime";
import type { Heartbeat } from "../packet/heartbeat.ts";
import { ENTRIES_PER_PART, type TablePart } from "../packet/table-part.ts";
import { challengeNow, echoesNow } from "./freshness.ts";
import { mayAnswer } from "./ownership.ts";
import { lacksTable } from "./peers.ts";
import type { OwnershipState } from "./state.ts";

/** The heartbeat that a speaker sends now, with this part of its table, if any. */
export function nextHeartbeat(
  state: OwnershipState,
  serial: Pick<Heartbeat, "incarnation" | "sequence" | "doubts">,
  table: TablePart | undefined,
  now: Millis,
): Heartbeat {
  const { node, leaving, highestEpoch, tableVersion, link, freshness, timing } = state;
  return {
    node,
    ...serial,
    leaving,
    listening: !mayAnswer(state, now),
    reluctant: state.reluctance !== undefined,
    heldDown: state.reluctance === "HoldDown",
    // Not in each part of a table: every one would be answered with a table.
    wantsTables: table === undefined && lacksTable(state),
    challenge: challengeNow(freshness, timing.detection, now),
    // A part of a table may fill a frame by itself.
    echoes: table === undefined ? echoesNow(freshness, timing.detection, now) : [],
    highestEpoch,
    tableVersion,
    link: link.name,
    mac: link.mac,
    detection: timing.detection,
    prefixes: link.prefixes,
    ...(table !== undefined && { table }),
  };
}

/** All that this node holds, in parts; one empty part if that is nothing. */
export function tableParts({ holdings }: OwnershipState): readonly TablePart[] {
  const entries = [...holdings].map(([address, { epoch, state, standing }]) => {
    return { address, epoch, state, standing };
  });
  const parts = Math.max(1, Math.ceil(entries.length / ENTRIES_PER_PART));
  return Array.from({ length: parts }, (_, part) => {
    return { part, parts, entries: entries.slice(part * ENTRIES_PER_PART, (part + 1) * ENTRIES_PER_PART) };
  });
}
