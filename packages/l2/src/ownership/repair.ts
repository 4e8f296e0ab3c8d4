import type { Millis } from "@fairlead/runtime";
import type { Heartbeat } from "../packet/heartbeat.ts";
import type { OwnershipEffect } from "./effect.ts";
import type { OwnershipState } from "./state.ts";

/** All that answers is made again at most this often: a doubt is told in ten heartbeats a second, until the doubter has asked again. */
const REPAIR_PAUSE: Millis = 10_000;

/** What another speaker's doubts lead to: a repair, if one of them is about an address that this node owns. */
export function doubted(
  state: OwnershipState,
  { node: by, doubts }: Heartbeat,
  now: Millis,
): { readonly next: OwnershipState; readonly effects: readonly OwnershipEffect[] } {
  const doubt = doubts.find(({ address }) => state.holdings.get(address)?.state === "owned");
  if (doubt === undefined || now - state.repairedAt < REPAIR_PAUSE) return { next: state, effects: [] };
  return { next: { ...state, repairedAt: now }, effects: [{ kind: "repair", ...doubt, by }] };
}
