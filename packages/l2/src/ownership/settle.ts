import { parseAddress } from "@fairlead/net";
import type { Millis } from "@fairlead/runtime";
import { isCandidate } from "./candidates.ts";
import { prevails, type Stake } from "./contest.ts";
import type { Holding, OwnershipEffect, OwnershipState, ReleaseCause } from "./types.ts";

/** What a node goes on holding, and what changes by it. */
export interface Settlement {
  readonly holdings: ReadonlyMap<string, Holding>;
  readonly effects: readonly OwnershipEffect[];
}

/**
 * Yields to stronger stakes, drops what this node may not have, and answers for claims that stood.
 *
 * @param stakes - of each address, the strongest say of a live peer.
 */
export function settle(state: OwnershipState, stakes: ReadonlyMap<string, Stake>, now: Millis): Settlement {
  const holdings = new Map<string, Holding>();
  const effects: OwnershipEffect[] = [];
  for (const [address, holding] of state.holdings) {
    const rival = stakes.get(address);
    const cause = releaseCause(state, address, holding, rival);
    if (cause !== undefined) {
      effects.push({ kind: "release", address, epoch: holding.epoch, cause, ...(rival && { to: rival.node }) });
    } else if (holding.state === "claimed" && now >= Math.max(holding.since + state.timing.claim, state.listenUntil)) {
      const owned: Holding = { ...holding, state: "owned", since: now };
      holdings.set(address, owned);
      effects.push({ kind: "own", address, holding: owned });
    } else {
      holdings.set(address, holding);
      // Answered for by both until a moment ago: neighbours may hold the wrong MAC address.
      const both = holding.state === "owned" && rival?.state === "owned" && !state.leaving;
      if (both) effects.push({ kind: "reannounce", address, rival: rival.node });
    }
  }
  return { holdings, effects };
}

function releaseCause(
  { node, link, wanted, leaving }: OwnershipState,
  address: string,
  holding: Holding,
  rival: Stake | undefined,
): ReleaseCause | undefined {
  if (rival !== undefined && !prevails(address, { node, ...holding }, rival)) {
    if (!leaving) return "RivalWins";
    // Handing over: answers until the successor does.
    if (holding.state === "claimed" || rival.state === "owned") return "Leaving";
  }
  const candidates = wanted.get(address);
  if (candidates === undefined) return "NotWanted";
  if (!link.up || !isCandidate(parseAddress(address), candidates, node, link.prefixes)) return "NotCandidate";
  return leaving && holding.state === "claimed" ? "Leaving" : undefined;
}
