import type { HoldState, Standing } from "../packet/table-part.ts";
import { rank } from "./placement.ts";

/** A node's say on an address. */
export interface Stake {
  readonly node: string;
  readonly epoch: number;
  readonly state: HoldState;
  readonly standing: Standing;
}

/**
 * Whether `ours` prevails over `theirs`: the higher epoch does, then what is said with more right ({@link strength}), then
 * the one that ranks first for the address. Both sides come to the same result, so one of them yields.
 */
export function prevails(address: string, ours: Stake, theirs: Stake): boolean {
  if (ours.epoch !== theirs.epoch) return ours.epoch > theirs.epoch;
  const lead = strength(ours) - strength(theirs);
  if (lead !== 0) return lead > 0;
  return rank(address, [ours.node, theirs.node])[0] === ours.node;
}

// Of one epoch: who answers before who claims, who took it over while hearing most of the others before who heard few;
// last come those that want to be rid of it, and those that were stopped for so long that others may have taken over.
function strength({ state, standing }: Stake): number {
  if (state === "yielding") return 0;
  if (standing === "slept") return 1;
  return (state === "owned" ? 4 : 2) + (standing === "firm" ? 1 : 0);
}
