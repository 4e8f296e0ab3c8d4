import type { Millis } from "@fairlead/runtime";
import type { Stake } from "./contest.ts";
import type { OwnershipEffect } from "./effect.ts";
import { eligibleNodes } from "./eligible.ts";
import { recoversAt, reviewHoldings, standsAt, yieldsUntil } from "./holdings.ts";
import { findOrphans, nextLook, takeOver } from "./orphans.ts";
import { lacksTable } from "./peers.ts";
import { shareChanges, sharesOf } from "./shares.ts";
import { strongestStakes } from "./stakes.ts";
import type { OwnershipState } from "./state.ts";
import { reluctanceAt, steadierAt } from "./steadiness.ts";
import { reviewStrangers, strangersDue } from "./strangers.ts";
import { reviewUnheard, unheardDue } from "./unheard.ts";

/** A state and what it wants done. */
export interface Step {
  readonly next: OwnershipState;
  readonly effects: readonly OwnershipEffect[];
}

/** Decides on every address from the whole state: what to yield or drop, what to answer for, what to claim. */
export function reconsider(last: OwnershipState, now: Millis, before: readonly OwnershipEffect[]): Step {
  const { next: asked, effects: questions } = reviewUnheard(last, now);
  const { next: reviewed, effects: reviews } = reviewStrangers(asked, now);
  const state = {
    ...reviewed,
    reluctance: reluctanceAt(last.steadiness, now),
    eligible: eligibleNodes(last.eligible, reviewed),
  };
  const stakes = strongestStakes(state.peers);
  const { holdings, effects: done, changed: areOther } = reviewHoldings(state, stakes, now);
  const effects: OwnershipEffect[] = [...questions, ...reviews, ...done];
  const held = { ...state, holdings };
  const current = {
    ...held,
    lastHolders: learnHolders(held, stakes),
    highestEpoch: highest(state.highestEpoch, stakes),
    orphans: findOrphans(held, stakes, now),
  };
  const claims = takeOver(current, stakes, now);
  const turned = state.reluctance !== last.reluctance;
  const changed = claims.size > 0 || areOther;
  const orphans = new Map(current.orphans);
  for (const address of claims.keys()) orphans.delete(address);
  const decided = {
    ...current,
    holdings: new Map([...holdings, ...claims]),
    highestEpoch: [...claims.values()].reduce((most, { epoch }) => Math.max(most, epoch), current.highestEpoch),
    orphans,
    tableVersion: state.tableVersion + (changed ? 1 : 0),
    tableSentAt: changed ? now : state.tableSentAt,
  };
  const shares = sharesOf(decided, now);
  effects.push(...shareChanges(state.shares, shares));
  const next = {
    ...decided,
    shares,
    due: Math.min(
      holdingsDue(decided),
      nextLook(decided, now),
      steadierAt(state.steadiness, now),
      strangersDue(decided),
      unheardDue(decided),
      decided.shared.size > 0 && now < decided.listenUntil ? decided.listenUntil : Number.POSITIVE_INFINITY,
    ),
  };
  for (const [address, { cause }] of claims) {
    if (cause === "NoOwner") effects.push({ kind: "probe", address });
    // The heartbeats of who had it may be lost and its answers not.
    else if (!stakes.has(address)) effects.push({ kind: "ask", address });
  }
  if (turned) effects.push({ kind: "reluctance", reluctance: state.reluctance });
  // Others are to know at once who takes what: each table says it too.
  if (changed || turned) effects.push({ kind: "sendTable" });
  return { next, effects: [...before, ...effects] };
}

/** When the first claim has stood long enough, or somebody was waited for too long. */
function holdingsDue(state: OwnershipState): Millis {
  let due = Number.POSITIVE_INFINITY;
  for (const holding of state.holdings.values()) {
    if (holding.state === "claimed") due = Math.min(due, standsAt(state, holding));
    if (holding.state === "yielding") due = Math.min(due, yieldsUntil(state, holding));
    if (holding.standing === "slept" && !lacksTable(state)) due = Math.min(due, recoversAt(state));
  }
  return due;
}

// The same map while there is nothing to learn.
function learnHolders(state: OwnershipState, stakes: ReadonlyMap<string, Stake>): ReadonlyMap<string, Stake> {
  const learned = new Map<string, Stake>();
  for (const address of state.wanted.keys()) {
    const known = state.lastHolders.get(address);
    const held = state.holdings.get(address);
    const heard = later(known, stakes.get(address));
    const holder = held === undefined ? heard : later(heard, { node: state.node, ...held });
    if (holder !== undefined && holder !== known) learned.set(address, holder);
  }
  const areAllWanted = [...state.lastHolders.keys()].every((address) => state.wanted.has(address));
  if (learned.size === 0 && areAllWanted) return state.lastHolders;
  return new Map([...state.lastHolders, ...learned].filter(([address]) => state.wanted.has(address)));
}

function later(last: Stake | undefined, stake: Stake | undefined): Stake | undefined {
  // Who only claims what nobody had may yet find that a stranger has it.
  if (stake === undefined || (stake.state === "claimed" && last === undefined)) return last;
  if (last === undefined) return stake;
  const isSame = stake.node === last.node && stake.epoch === last.epoch && stake.state === last.state;
  return stake.epoch < last.epoch || (isSame && stake.standing === last.standing) ? last : stake;
}

function highest(known: number, stakes: ReadonlyMap<string, Stake>): number {
  let most = known;
  for (const { epoch } of stakes.values()) most = Math.max(most, epoch);
  return most;
}
