import { parseAddress } from "@fairlead/net";
import type { Millis } from "@fairlead/runtime";
import { isCandidate } from "./candidates.ts";
import type { Stake } from "./contest.ts";
import { groupings } from "./groups.ts";
import { place, rank } from "./placement.ts";
import type { Holding, Orphan, OwnershipState, TakeOverCause } from "./types.ts";

/** Addresses that are wanted and held by nobody who stays. */
export function findOrphans(
  state: OwnershipState,
  stakes: ReadonlyMap<string, Stake>,
  now: Millis,
): ReadonlyMap<string, Orphan> {
  const orphans = new Map<string, Orphan>();
  for (const address of state.wanted.keys()) {
    if (state.holdings.has(address)) continue;
    const stake = stakes.get(address);
    const stays = stake !== undefined && state.peers.get(stake.node)?.leaving === false;
    if (!stays) orphans.set(address, orphan(state, address, now));
  }
  return orphans;
}

/** The claims that this node makes now, on the orphans that are its to take. */
export function takeOver(
  state: OwnershipState,
  stakes: ReadonlyMap<string, Stake>,
  now: Millis,
): ReadonlyMap<string, Holding> {
  const claims = new Map<string, Holding>();
  if (state.orphans.size === 0 || now < earliest(state)) return claims;
  const load = new Map([[state.node, state.holdings.size]]);
  for (const { node, table, leaving } of state.peers.values()) if (!leaving) load.set(node, table.entries.size);
  const orphans = new Map(
    [...state.orphans].map(([address, orphan]) => [address, takers(state, address, orphan, now)]),
  );
  const { groups, holders } = groupings(state);
  const placed = place({ orphans, load, addresses: state.wanted.size, groups, holders });
  for (const [address, orphan] of state.orphans) {
    if (placed.get(address) !== state.node && !isOurTurn(state, address, orphan, now)) continue;
    const epoch = 1 + lastEpoch(state, address);
    const previous = state.lastHolders.get(address)?.node;
    claims.set(address, { epoch, state: "claimed", since: now, cause: causeOf(address, state, stakes), previous });
  }
  return claims;
}

/** When orphans are to be looked at again although nothing else happens; Infinity if never. */
export function nextLook(state: OwnershipState, now: Millis): Millis {
  const { detection } = state.timing;
  const from = earliest(state);
  let next = Number.POSITIVE_INFINITY;
  for (const orphan of state.orphans.values()) {
    if (!orphan.ready.includes(state.node)) continue;
    if (now < from) return from;
    const nextTurn = orphan.steadySince + (turn(state, orphan, now) + 1) * 2 * detection;
    const waits = orphan.listening.length > 0 && now < orphan.since + detection;
    next = Math.min(next, waits ? orphan.since + detection : nextTurn, nextTurn);
  }
  return next;
}

/** Before then this node takes nothing over. */
function earliest({ peers, link, leaving, listenUntil, timing }: OwnershipState): Millis {
  if (leaving || !link.up) return Number.POSITIVE_INFINITY;
  let from = listenUntil;
  // A live speaker whose table is not known may hold what looks like an orphan; but it must not block the rest for ever.
  for (const { unknownSince } of peers.values()) {
    if (unknownSince !== undefined) from = Math.max(from, unknownSince + timing.detection);
  }
  return from;
}

function orphan(state: OwnershipState, address: string, now: Millis): Orphan {
  const ready: string[] = [];
  const listening: string[] = [];
  const candidates = state.wanted.get(address);
  if (candidates !== undefined) {
    const ip = parseAddress(address);
    const { node, link } = state;
    if (link.up && isCandidate(ip, candidates, node, link.prefixes)) ready.push(node);
    for (const peer of state.peers.values()) {
      if (peer.leaving || !isCandidate(ip, candidates, peer.node, peer.prefixes)) continue;
      (peer.listening ? listening : ready).push(peer.node);
    }
  }
  const known = state.orphans.get(address);
  // What happened while this node did not hear, is no fault of the others.
  const from = Math.max(now, state.listenUntil);
  const since = Math.max(known?.since ?? from, state.listenUntil);
  const steady = known !== undefined && same(known.ready, ready) && same(known.listening, listening);
  return { since, steadySince: steady ? Math.max(known.steadySince, state.listenUntil) : from, ready, listening };
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((node) => b.includes(node));
}

/** How many nodes have let an orphan lie that was theirs to take: each has two detection times. */
function turn({ timing }: OwnershipState, { steadySince }: Orphan, now: Millis): number {
  return Math.max(0, Math.floor((now - steadySince) / (2 * timing.detection)));
}

// Whoever should have taken an orphan but has not, knows something else than we do: then the next one in rank may too.
function isOurTurn(state: OwnershipState, address: string, orphan: Orphan, now: Millis): boolean {
  const passed = turn(state, orphan, now);
  return (
    passed > 0 &&
    rank(address, orphan.ready)
      .slice(0, passed + 1)
      .includes(state.node)
  );
}

// Those who may take an orphan now. What had an owner is not left to nodes that only listen yet; what is new waits for
// them a little, so that speakers that start together share.
function takers(state: OwnershipState, address: string, orphan: Orphan, now: Millis): readonly string[] {
  const hurry = state.lastHolders.has(address) || now - orphan.since >= state.timing.detection;
  const { ready, listening } = orphan;
  return ready.length > 0 && hurry ? ready : [...ready, ...listening];
}

// Above every epoch heard of, not only those of this address: a node that has just started does not know who held it
// before. With a table missing, that could beat an owner that sits; then only what is known of the address counts.
function lastEpoch(state: OwnershipState, address: string): number {
  const ignorant = [...state.peers.values()].some(({ unknownSince }) => unknownSince !== undefined);
  return ignorant ? (state.lastHolders.get(address)?.epoch ?? 0) : state.highestEpoch;
}

function causeOf(address: string, state: OwnershipState, stakes: ReadonlyMap<string, Stake>): TakeOverCause {
  if (stakes.has(address)) return "OwnerLeaving";
  const last = state.lastHolders.get(address);
  if (last === undefined) return "NoOwner";
  return state.peers.has(last.node) || last.node === state.node ? "OwnerReleased" : "OwnerSilent";
}
