import type { Millis } from "@fairlead/runtime";
import type { OwnershipEffect } from "./effect.ts";
import type { Step } from "./reconsider.ts";
import type { OwnershipState } from "./state.ts";
import { flapped } from "./steadiness.ts";

/**
 * A state in which this process was last seen to run, as it runs again. A process that was stopped wakes up with old clocks
 * and unread heartbeats, whatever it does first: it listens before it answers, and blames nobody. If the others may have
 * taken it for dead, it listens as one that has just started, and so does one that had not listened to the end: it may know
 * none of the others yet.
 */
export function wake(before: OwnershipState, now: Millis): Step {
  const { detection, interval } = before.timing;
  const millis = now - before.ranAt;
  const wasListening = before.ranAt < before.listenUntil;
  if (millis <= detection / 2) {
    // Time that it did not run is no time that it listened.
    const unheard = wasListening && millis > 2 * interval ? millis : 0;
    return { next: { ...before, ranAt: now, listenUntil: before.listenUntil + unheard }, effects: [] };
  }
  const steadiness = millis < detection ? before.steadiness : flapped(before.steadiness, now);
  const isShort = millis < detection && !wasListening;
  const listenUntil = Math.max(before.listenUntil, now + (isShort ? 2 * interval : detection));
  const peers = new Map([...before.peers].map(([node, peer]) => [node, { ...peer, heardAt: now }]));
  const next = { ...before, steadiness, ranAt: now, wokeAt: now, listenUntil, peers, due: now };
  const slept: OwnershipEffect = { kind: "slept", millis };
  if (before.holdings.size === 0) return { next, effects: [slept] };
  // What was only claimed is anybody's again: another one may own it by now, with a lower epoch than the claim's.
  const held = [...before.holdings].filter(([, { state }]) => state !== "claimed");
  const holdings = new Map(held.map(([address, holding]) => [address, { ...holding, standing: "slept" as const }]));
  const told = { ...next, holdings, tableVersion: before.tableVersion + 1, tableSentAt: now };
  return { next: told, effects: [slept, { kind: "sendTable" }] };
}
