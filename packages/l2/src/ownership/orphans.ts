import { parseAddress } from "@fairlead/net";
import type { Millis } from "@fairlead/runtime";
import { isCandidate } from "./candidates.ts";
import type { Stake } from "./contest.ts";
import { place, rank } from "./placement.ts";
import type { Candidates, Holding, OwnershipState, TakeOverCause } from "./types.ts";

/** Addresses that are wanted and held by nobody who stays, each with the time since when this node can know. */
export function findOrphans(
  state: OwnershipState,
  stakes: ReadonlyMap<string, Stake>,
  now: Millis,
): ReadonlyMap<string, Millis> {
  const orphans = new Map<string, Millis>();
  for (const address of state.wanted.keys()) {
    if (state.holdings.has(address)) continue;
    const stake = stakes.get(address);
    const stays = stake !== undefined && state.peers.get(stake.node)?.leaving === false;
    if (!stays) orphans.set(address, state.orphans.get(address) ?? Math.max(now, state.listenUntil));
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
  const open = new Map<string, readonly string[]>();
  for (const [address, since] of state.orphans) {
    open.set(address, takers(state, address, now - since));
  }
  for (const [address, node] of place({ orphans: open, load, addresses: state.wanted.size })) {
    if (node !== state.node) continue;
    const epoch = 1 + lastEpoch(state, address);
    const previous = state.lastHolders.get(address)?.node;
    claims.set(address, { epoch, state: "claimed", since: now, cause: causeOf(address, state, stakes), previous });
  }
  return claims;
}

/** When orphans are to be looked at again although nothing else happens; Infinity if never. */
export function nextLook(state: OwnershipState, now: Millis): Millis {
  const from = earliest(state);
  let next = Number.POSITIVE_INFINITY;
  for (const [address, since] of state.orphans) {
    const candidates = state.wanted.get(address);
    if (candidates === undefined || !isOwnCandidate(state, address, candidates)) continue;
    if (now < from) return from;
    const age = now - since;
    const { detection } = state.timing;
    next = Math.min(next, age < detection ? since + detection : since + (turn(state, age) + 1) * 2 * detection);
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

/** How many nodes have let an orphan lie that was theirs to take: each has two detection times. */
function turn({ timing }: OwnershipState, age: Millis): number {
  return Math.floor(age / (2 * timing.detection));
}

// Those who may take an orphan now. What had an owner is not left to nodes that only listen yet; what is new waits for
// them a little, so that speakers that start together share. Whoever should have taken it but has not, knows something
// else than we do: then it is the turn of the next one, whatever its load.
function takers(state: OwnershipState, address: string, age: Millis): readonly string[] {
  const candidates = state.wanted.get(address);
  if (candidates === undefined) return [];
  const ip = parseAddress(address);
  const peers = [...state.peers.values()].filter(({ node, prefixes, leaving }) => {
    return !leaving && isCandidate(ip, candidates, node, prefixes);
  });
  const self = isOwnCandidate(state, address, candidates) ? [state.node] : [];
  const warm = [...self, ...peers.filter(({ listening }) => !listening).map(({ node }) => node)];
  const hurry = state.lastHolders.has(address) || age >= state.timing.detection;
  const live = warm.length > 0 && hurry ? warm : [...self, ...peers.map(({ node }) => node)];
  const passed = turn(state, age);
  return passed === 0
    ? live
    : rank(address, live)
        .slice(passed % live.length)
        .slice(0, 1);
}

function isOwnCandidate({ node, link }: OwnershipState, address: string, candidates: Candidates): boolean {
  return link.up && isCandidate(parseAddress(address), candidates, node, link.prefixes);
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
