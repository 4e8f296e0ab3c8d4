import { parseAddress } from "@fairlead/net";
import type { Millis } from "@fairlead/runtime";
import { CLIENT_SLOTS } from "../client-hash.ts";
import { isCandidate } from "./candidates.ts";
import type { OwnershipEffect } from "./effect.ts";
import { rank } from "./placement.ts";
import type { OwnershipState } from "./state.ts";

/** Parts of the clients of an address, each by its number. */
export type Slots = ReadonlySet<number>;

/**
 * The parts of the clients that this node answers, of each shared address: each part belongs to the node that ranks first
 * for it of those that are there. Nothing is claimed, and no epoch is needed: when a node comes or goes, only the parts
 * move that it takes or leaves. While two nodes do not know the same nodes, both may answer a client.
 */
export function sharesOf(state: OwnershipState, now: Millis): ReadonlyMap<string, Slots> {
  const shares = new Map<string, Slots>();
  if (state.shared.size === 0 || !state.link.up || now < state.listenUntil) return shares;
  const parts = new Map<string, Slots>();
  for (const address of state.shared.keys()) {
    const nodes = participants(state, address);
    const key = nodes.join("\n");
    const slots = parts.get(key) ?? partOf(state.node, nodes);
    parts.set(key, slots);
    if (slots.size > 0) shares.set(address, slots);
  }
  return shares;
}

/** What changes from one state of shares to another. */
export function shareChanges(
  before: ReadonlyMap<string, Slots>,
  after: ReadonlyMap<string, Slots>,
): readonly OwnershipEffect[] {
  const effects: OwnershipEffect[] = [];
  for (const address of new Set([...before.keys(), ...after.keys()])) {
    const [had, has] = [before, after].map((shares) => shares.get(address) ?? new Set<number>()) as [Slots, Slots];
    const gained = new Set([...has].filter((slot) => !had.has(slot)));
    if (gained.size > 0 || had.size !== has.size) effects.push({ kind: "share", address, slots: has, gained });
  }
  return effects;
}

// Those that were lost too often only share what nobody else would answer. Those that warm up share like others: what
// they did not take would move twice when all start together.
function participants({ node, link, leaving, reluctance, peers, shared }: OwnershipState, address: string): string[] {
  const candidates = shared.get(address);
  if (candidates === undefined) return [];
  const ip = parseAddress(address);
  const steady: string[] = [];
  const heldDown: string[] = [];
  // One that leaves answers on for a moment, beside those that follow it.
  if (!leaving && isCandidate(ip, candidates, node, link)) (reluctance === "HoldDown" ? heldDown : steady).push(node);
  for (const peer of peers.values()) {
    if (peer.leaving || peer.listening || !isCandidate(ip, candidates, peer.node, peer.end)) continue;
    (peer.heldDown ? heldDown : steady).push(peer.node);
  }
  return (steady.length > 0 ? steady : heldDown).sort();
}

function partOf(node: string, nodes: readonly string[]): Slots {
  if (!nodes.includes(node)) return new Set();
  const slots = Array.from({ length: CLIENT_SLOTS }, (_, slot) => slot);
  return new Set(slots.filter((slot) => rank(`clients ${slot}`, nodes)[0] === node));
}
