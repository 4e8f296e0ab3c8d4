import type { Millis } from "@fairlead/runtime";
import { heaviest, weightOf } from "./candidates.ts";
import type { Stake } from "./contest.ts";
import { groupings } from "./groups.ts";
import { lacksTable } from "./peers.ts";
import { place, rank } from "./placement.ts";
import type { Holding, Orphan, OwnershipState, TakeOverCause } from "./state.ts";
import { CommonTakers, sameTakers, type Takers } from "./takers.ts";
import { hasUnheardOwner } from "./unheard.ts";

/** Addresses that are wanted and held by nobody who stays. */
export function findOrphans(
  state: OwnershipState,
  stakes: ReadonlyMap<string, Stake>,
  now: Millis,
): ReadonlyMap<string, Orphan> {
  const orphans = new Map<string, Orphan>();
  const takers = new CommonTakers(state);
  for (const address of state.wanted.keys()) {
    if (state.holdings.has(address) || hasUnheardOwner(state, address)) continue;
    const stake = stakes.get(address);
    const stays = stake !== undefined && stake.state !== "yielding" && !state.peers.get(stake.node)?.leaving;
    if (!stays) orphans.set(address, orphan(state, address, takers.of(address), now));
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
    const previous = state.lastHolders.get(address)?.node;
    const cause = causeOf(address, state, stakes);
    const silentSince = cause === "OwnerSilent" ? state.missing.get(previous ?? "") : undefined;
    claims.set(address, {
      ...right(state, address, now),
      state: "claimed",
      since: now,
      cause,
      previous,
      ...(silentSince !== undefined && { silentSince }),
    });
  }
  return claims;
}

/** When orphans are to be looked at again although nothing else happens; Infinity if never. */
export function nextLook(state: OwnershipState, now: Millis): Millis {
  const { detection } = state.timing;
  const from = earliest(state);
  let next = Number.POSITIVE_INFINITY;
  for (const orphan of state.orphans.values()) {
    if (!orphan.ready.includes(state.node) && !orphan.reluctant.includes(state.node)) continue;
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
  // One that died before it could send its table is gone before that.
  for (const { unknownSince } of peers.values()) {
    if (unknownSince !== undefined) from = Math.max(from, unknownSince + 2 * timing.detection);
  }
  return from;
}

function orphan(state: OwnershipState, address: string, takers: Takers, now: Millis): Orphan {
  const known = state.orphans.get(address);
  // What happened while this node did not hear, is no fault of the others.
  const from = Math.max(now, state.listenUntil);
  const since = Math.max(known?.since ?? from, state.listenUntil);
  const steady = known !== undefined && sameTakers(known, takers);
  const steadySince = steady ? Math.max(known.steadySince, state.listenUntil) : from;
  if (steady && since === known.since && steadySince === known.steadySince) return known;
  return { since, steadySince, ...takers };
}

/** How many nodes have let an orphan lie that was theirs to take: each has two detection times. */
function turn({ timing }: OwnershipState, { steadySince }: Orphan, now: Millis): number {
  return Math.max(0, Math.floor((now - steadySince) / (2 * timing.detection)));
}

// Whoever should have taken an orphan but has not, knows something else than we do: then the next one in rank may too.
function isOurTurn(state: OwnershipState, address: string, orphan: Orphan, now: Millis): boolean {
  const passed = turn(state, orphan, now);
  if (passed === 0) return false;
  const candidates = state.wanted.get(address);
  const inTurn = (nodes: readonly string[]) => {
    return rank(address, nodes).sort((a, b) => weightOf(candidates, b) - weightOf(candidates, a));
  };
  const order = [...inTurn(orphan.ready), ...inTurn(orphan.reluctant)];
  return order.slice(0, passed + 1).includes(state.node);
}

// Those who may take an orphan now. What had an owner is not left to nodes that only listen yet; what is new waits for
// them a little where nobody is steady, so that speakers that start together share.
function takers(state: OwnershipState, address: string, orphan: Orphan, now: Millis): readonly string[] {
  return heaviest(state.wanted.get(address), ableToTake(state, address, orphan, now));
}

function ableToTake(state: OwnershipState, address: string, orphan: Orphan, now: Millis): readonly string[] {
  const hurry = state.lastHolders.has(address) || now - orphan.since >= state.timing.detection;
  const { ready, reluctant, listening } = orphan;
  // To be apart is worth more than a node that is sure to last: the other addresses of the group are elsewhere.
  const isGrouped = (state.wanted.get(address)?.groups ?? []).length > 0;
  if (ready.length > 0) return isGrouped ? [...ready, ...reluctant] : ready;
  return reluctant.length > 0 && hurry ? reluctant : [...reluctant, ...listening];
}

// Who hears less than half of the speakers it knows is likely to be the one that is cut off. What it takes then is taken
// without a new epoch: when all hear each other again, the owners that the others have had all along keep it.
function right(state: OwnershipState, address: string, now: Millis): Pick<Holding, "epoch" | "standing"> {
  const candidates = state.wanted.get(address)?.nodes;
  const missing = [...state.missing.keys()].filter((node) => candidates?.has(node)).length;
  // They fall silent within one heartbeat, not in the same moment: the last ones of them count as missing too.
  const heard = [...state.peers.values()].filter(({ heardAt }) => now - heardAt < state.timing.detection / 2).length;
  if (1 + heard >= missing + state.peers.size - heard)
    return { epoch: 1 + lastEpoch(state, address), standing: "firm" };
  return { epoch: state.lastHolders.get(address)?.epoch ?? 1, standing: "lonely" };
}

// Above every epoch heard of, not only those of this address: a node that has just started does not know who held it
// before. With a table missing, that could beat an owner that sits; then only what is known of the address counts.
function lastEpoch(state: OwnershipState, address: string): number {
  return lacksTable(state) ? (state.lastHolders.get(address)?.epoch ?? 0) : state.highestEpoch;
}

function causeOf(address: string, state: OwnershipState, stakes: ReadonlyMap<string, Stake>): TakeOverCause {
  const stake = stakes.get(address);
  if (stake !== undefined) return state.peers.get(stake.node)?.leaving ? "OwnerLeaving" : "OwnerReleased";
  const last = state.lastHolders.get(address);
  if (last === undefined) return "NoOwner";
  return state.peers.has(last.node) || last.node === state.node ? "OwnerReleased" : "OwnerSilent";
}
