import type { Millis } from "@fairlead/runtime";
import { prevails, type Stake } from "./contest.ts";
import type { OwnershipEffect, ReleaseCause } from "./effect.ts";
import { eligibleFor } from "./eligible.ts";
import { lacksTable } from "./peers.ts";
import type { Holding, OwnershipState } from "./state.ts";
import { isInUse } from "./strangers.ts";
import { hasUnheardOwner } from "./unheard.ts";

/** What a node goes on holding, and what changes by it. */
export interface HoldingsReview {
  readonly holdings: ReadonlyMap<string, Holding>;
  readonly effects: readonly OwnershipEffect[];
  /** Whether others are to hear of it. */
  readonly changed: boolean;
}

/**
 * Yields to stronger stakes, drops what this node may not have, hands over what it may not keep, and answers for claims
 * that stood.
 *
 * @param stakes - of each address, the strongest say of a live peer.
 */
export function reviewHoldings(state: OwnershipState, stakes: ReadonlyMap<string, Stake>, now: Millis): HoldingsReview {
  const holdings = new Map<string, Holding>();
  const effects: OwnershipEffect[] = [];
  let changed = false;
  for (const [address, holding] of state.holdings) {
    const rival = stakes.get(address);
    const cause = releaseCause(state, address, holding, rival, now);
    if (cause !== undefined) {
      effects.push({ kind: "release", address, epoch: holding.epoch, cause, ...(rival && { to: rival.node }) });
      changed = true;
      continue;
    }
    const next = recovered(state, change(state, address, holding, rival, now), now);
    holdings.set(address, next);
    changed ||= next !== holding;
    if (holding.state === "claimed" && next.state === "owned") effects.push({ kind: "own", address, holding: next });
    // Answered for by both until a moment ago: neighbours may hold the wrong MAC address.
    const both = holding.state === "owned" && next.state === "owned" && rival?.state === "owned";
    if (both) effects.push({ kind: "reannounce", address, rival: rival.node });
  }
  return { holdings, effects, changed };
}

/** How long a node that is no candidate any more answers on while nobody takes over. */
export function yieldsUntil({ timing, leaving }: OwnershipState, { since }: Holding): Millis {
  // One that leaves knows by itself when to go.
  return leaving ? Number.POSITIVE_INFINITY : since + 2 * timing.detection;
}

/** When a claim has stood for long enough that the node answers. */
export function standsAt({ timing, listenUntil }: OwnershipState, { since, cause }: Holding): Millis {
  return Math.max(since + (cause === "NoOwner" ? timing.probe : timing.claim), listenUntil);
}

/** When a node that was stopped for a while stands firm again. */
export function recoversAt({ wokeAt, timing }: OwnershipState): Millis {
  return wokeAt + timing.detection;
}

function releaseCause(
  state: OwnershipState,
  address: string,
  holding: Holding,
  rival: Stake | undefined,
  now: Millis,
): ReleaseCause | undefined {
  const { node, link, wanted, leaving } = state;
  const keeps = !leaving && mayHave(state, address);
  const unfit = leaving ? "Leaving" : "NotCandidate";
  if (rival !== undefined && !prevails(address, { node, ...holding }, rival)) {
    // Who answers goes on until the other one does.
    if (holding.state === "claimed" || rival.state === "owned") return keeps ? "RivalWins" : unfit;
  }
  if (!wanted.has(address)) return "NotWanted";
  if (isInUse(state, address)) return "AddressInUse";
  if (hasUnheardOwner(state, address)) return "OwnerAnswers";
  if (!link.up) return "NotCandidate";
  if (keeps) return undefined;
  if (holding.state === "claimed") return unfit;
  const isOver = holding.state === "yielding" && now >= yieldsUntil(state, holding);
  return isOver || (!leaving && !hasHeir(state, address)) ? unfit : undefined;
}

function change(
  state: OwnershipState,
  address: string,
  holding: Holding,
  rival: Stake | undefined,
  now: Millis,
): Holding {
  const isFit = !state.leaving && mayHave(state, address);
  const wins = rival === undefined || prevails(address, { node: state.node, ...holding }, rival);
  // One with the better right that wants to be rid of it waits for somebody to take over.
  const inherits = !wins && rival.state === "yielding" && holding.state !== "claimed";
  const epoch = inherits ? 1 + Math.max(state.highestEpoch, rival.epoch) : holding.epoch;
  const keeps = isFit && (wins || inherits);
  const owns = { ...holding, epoch, state: "owned", since: now } as const;
  switch (holding.state) {
    case "owned":
      if (!keeps) return { ...holding, state: "yielding", since: now };
      return inherits ? { ...holding, epoch } : holding;
    case "yielding":
      return keeps ? owns : holding;
    case "claimed":
      return now >= standsAt(state, holding) ? owns : holding;
  }
}

// Nobody had taken it over meanwhile: it stands as before.
function recovered(state: OwnershipState, holding: Holding, now: Millis): Holding {
  const isOver = holding.standing === "slept" && now >= recoversAt(state) && !lacksTable(state);
  return isOver ? { ...holding, standing: "firm" } : holding;
}

function mayHave({ node, eligible }: OwnershipState, address: string): boolean {
  return eligibleFor(eligible, address).includes(node);
}

function hasHeir({ node, peers, eligible }: OwnershipState, address: string): boolean {
  return eligibleFor(eligible, address).some((other) => other !== node && peers.get(other)?.leaving === false);
}
