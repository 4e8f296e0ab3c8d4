import type { Millis } from "@fairlead/runtime";
import type { Heartbeat } from "../packet/heartbeat.ts";
import { subnetsOf } from "./candidates.ts";
import type { OwnershipEffect } from "./effect.ts";
import { NOBODY_ELIGIBLE } from "./eligible.ts";
import type { OwnershipEvent } from "./event.ts";
import { judge, knowNobody } from "./freshness.ts";
import { hear, hearLate } from "./peers.ts";
import { reconsider, type Step } from "./reconsider.ts";
import { doubted } from "./repair.ts";
import type { LinkEnd, OwnershipState, Peer } from "./state.ts";
import { flapped, UNKNOWN_STEADINESS } from "./steadiness.ts";
import { sighted } from "./strangers.ts";
import type { OwnershipTiming } from "./timing.ts";
import { seen } from "./unheard.ts";
import { wake } from "./wake.ts";

/**
 * The state of a speaker that has just come to a link: it listens for one detection time before it owns anything.
 *
 * @param seed - a number above 0 that no start had before: see knowNobody().
 */
export function begin(node: string, timing: OwnershipTiming, link: LinkEnd, now: Millis, seed: bigint): OwnershipState {
  return {
    node,
    timing,
    link: { ...link, prefixes: subnetsOf(link.prefixes) },
    wanted: new Map(),
    shared: new Map(),
    shares: new Map(),
    peers: new Map(),
    eligible: NOBODY_ELIGIBLE,
    missing: new Map(),
    freshness: knowNobody(seed, now),
    holdings: new Map(),
    lastHolders: new Map(),
    highestEpoch: 0,
    orphans: new Map(),
    strangers: new Map(),
    unheard: new Map(),
    tableVersion: 0,
    listenUntil: now + timing.detection,
    due: Number.POSITIVE_INFINITY,
    ranAt: now,
    wokeAt: Number.NEGATIVE_INFINITY,
    tableSentAt: Number.NEGATIVE_INFINITY,
    repairedAt: Number.NEGATIVE_INFINITY,
    leaving: false,
    steadiness: UNKNOWN_STEADINESS,
    reluctance: "WarmingUp",
  };
}

const NOTHING: OwnershipState["shared"] = new Map();

/** Whether this node may answer for what it owns: not while it only listens. */
export function mayAnswer(state: OwnershipState, now: Millis): boolean {
  return now >= state.listenUntil;
}

/** When a tick is to come at the latest: a peer will have been silent for too long, or something else falls due. */
export function nextDecision({ peers, due }: OwnershipState): Millis {
  return [...peers.values()].reduce((first, { heardAt, detection }) => Math.min(first, heardAt + detection), due);
}

/**
 * Ownership after an event. Pure: every node that has heard the same comes to the same owner. While nothing changes, an
 * event costs time in proportion to the number of speakers, not of addresses.
 */
export function step(state: OwnershipState, event: OwnershipEvent, now: Millis): Step {
  const { next, effects } = wake(state, now);
  switch (event.kind) {
    case "wanted":
      return reconsider(want(next, event, now), now, effects);
    case "link":
      return reconsider(relink(next, event.link, now), now, effects);
    case "leave":
      return reconsider({ ...next, leaving: true }, now, [...effects, { kind: "sendTable" }]);
    case "heard":
      return heard(next, event.heartbeat, now, effects);
    case "sighted": {
      const { next: seen, effects: more } = sighted(next, event.address, event.mac, now);
      return seen === next ? { next, effects } : reconsider(seen, now, [...effects, ...more]);
    }
    case "seen": {
      const { next: known, effects: more } = seen(next, event.address, event.node, now);
      return known === next ? { next, effects: [...effects, ...more] } : reconsider(known, now, effects);
    }
    case "tick":
      return tick(next, now, effects);
  }
}

function want(
  state: OwnershipState,
  { wanted: all, ready }: Extract<OwnershipEvent, { kind: "wanted" }>,
  now: Millis,
): OwnershipState {
  const { steadiness } = state;
  const hasShared = [...all.values()].some(({ isShared }) => isShared);
  const wanted = hasShared ? new Map([...all].filter(([, { isShared }]) => !isShared)) : all;
  const shared = hasShared ? new Map([...all].filter(([, { isShared }]) => isShared)) : NOTHING;
  if (!ready || steadiness.readyAt !== undefined) return { ...state, wanted, shared };
  return { ...state, wanted, shared, steadiness: { ...steadiness, readyAt: now } };
}

// With the carrier gone nothing was heard: what happened meanwhile must be learned first.
function relink(state: OwnershipState, link: LinkEnd, now: Millis): OwnershipState {
  const cameUp = link.up && !state.link.up;
  const listenUntil = cameUp ? Math.max(state.listenUntil, now + state.timing.detection) : state.listenUntil;
  const next = { ...state, link: { ...link, prefixes: subnetsOf(link.prefixes) }, listenUntil };
  return cameUp ? { ...next, steadiness: flapped(next.steadiness, now) } : next;
}

function heard(last: OwnershipState, heartbeat: Heartbeat, now: Millis, before: readonly OwnershipEffect[]): Step {
  const { node } = heartbeat;
  if (node === last.node) return { next: last, effects: before };
  const known = last.peers.get(node);
  const { next: freshness, verdict } = judge(
    last.freshness,
    heartbeat,
    known !== undefined,
    last.timing.detection,
    now,
  );
  const state = { ...last, freshness };
  const late = known && hearLate(known, heartbeat);
  const peer =
    verdict === "Fresh" ? hear(known, heartbeat, last.timing.detection, now) : verdict === "Late" ? late : undefined;
  if (peer === undefined) {
    const cause = verdict === "Unproven" ? verdict : "Replayed";
    return { next: state, effects: [...before, { kind: "ignored", node, cause }] };
  }
  const { next: current, effects: repairs } = doubted(state, heartbeat, now);
  const effects: OwnershipEffect[] = [...before, ...repairs];
  if (known === undefined) effects.push({ kind: "peerUp", node: peer.node, isBack: state.missing.has(node) });
  // Who has just come knows no table. Others ask in every heartbeat until they have it, and one table serves them all.
  const isNew = known?.incarnation !== peer.incarnation;
  const asks = heartbeat.wantsTables && now - state.tableSentAt >= state.timing.interval / 2;
  const answers = (isNew && state.tableVersion > 0) || asks;
  if (answers) effects.push({ kind: "sendTable" });
  const next = {
    ...current,
    peers: new Map(state.peers).set(peer.node, peer),
    missing: known === undefined ? without(state.missing, node) : state.missing,
    highestEpoch: Math.max(state.highestEpoch, heartbeat.highestEpoch),
    tableSentAt: answers ? now : state.tableSentAt,
  };
  return known === undefined || hasNews(known, peer) ? reconsider(next, now, effects) : { next, effects };
}

function hasNews(before: Peer, after: Peer): boolean {
  return (
    before.table !== after.table ||
    before.leaving !== after.leaving ||
    before.listening !== after.listening ||
    before.reluctant !== after.reluctant ||
    before.heldDown !== after.heldDown ||
    before.end !== after.end
  );
}

function tick(state: OwnershipState, now: Millis, before: readonly OwnershipEffect[]): Step {
  const silent = [...state.peers.values()].filter(({ heardAt, detection }) => now - heardAt >= detection);
  if (silent.length === 0 && now < state.due) return { next: state, effects: before };
  const peers = new Map(state.peers);
  for (const { node } of silent) peers.delete(node);
  const lost = silent.filter(({ leaving }) => !leaving).map(({ node, heardAt }) => [node, heardAt] as const);
  const missing = new Map([...state.missing, ...lost]);
  const effects = [...before, ...silent.map(({ node }) => ({ kind: "peerDown", node }) as const)];
  return reconsider({ ...state, peers, missing }, now, effects);
}

function without<T>(nodes: ReadonlyMap<string, T>, node: string): ReadonlyMap<string, T> {
  return nodes.has(node) ? new Map([...nodes].filter(([other]) => other !== node)) : nodes;
}
