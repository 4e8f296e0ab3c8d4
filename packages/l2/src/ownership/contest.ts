import type { HoldState } from "../packet/heartbeat.ts";
import { rank } from "./placement.ts";

/** A node's say on an address. */
export interface Stake {
  readonly node: string;
  readonly epoch: number;
  readonly state: HoldState;
}

/**
 * Whether `ours` prevails over `theirs`: the higher epoch does, then who answers already over who only claims, then the
 * one that ranks first for the address. Both sides come to the same result, so one of them yields.
 */
export function prevails(address: string, ours: Stake, theirs: Stake): boolean {
  if (ours.epoch !== theirs.epoch) return ours.epoch > theirs.epoch;
  if (ours.state !== theirs.state) return ours.state === "owned";
  return rank(address, [ours.node, theirs.node])[0] === ours.node;
}
