import type { Millis } from "@fairlead/runtime";
import type { OwnershipEffect } from "./effect.ts";
import { rank } from "./placement.ts";
import type { OwnershipState, UnheardOwner } from "./state.ts";

/** For how long an answer counts. */
const COUNTS_FOR: Millis = 2_000;

/** When an owner that is not heard is asked again. */
const ASK_AGAIN: Millis = 1_000;

/**
 * A speaker that is not heard answers for an address: its heartbeats do not come through, and its answers do. It keeps the
 * address while it answers, so that clients never meet two owners; of two that both own it already, the one that ranks first
 * does.
 */
export function seen(
  state: OwnershipState,
  address: string,
  node: string,
  now: Millis,
): { readonly next: OwnershipState; readonly effects: readonly OwnershipEffect[] } {
  if (state.peers.has(node) || !state.wanted.has(address)) return { next: state, effects: [] };
  const holding = state.holdings.get(address);
  const isOurs =
    holding !== undefined && holding.state !== "claimed" && rank(address, [state.node, node])[0] === state.node;
  if (isOurs) return { next: state, effects: [{ kind: "reannounce", address, rival: node }] };
  const owner: UnheardOwner = { node, seenAt: now, askedAt: state.unheard.get(address)?.askedAt ?? now };
  return { next: { ...state, unheard: new Map(state.unheard).set(address, owner) }, effects: [] };
}

/** Whether a speaker that is not heard has the address. */
export function hasUnheardOwner({ unheard, peers }: OwnershipState, address: string): boolean {
  const owner = unheard.get(address);
  return owner !== undefined && !peers.has(owner.node);
}

/** Asks for what speakers have that are not heard, and forgets those that do not answer, or are heard again. */
export function reviewUnheard(
  state: OwnershipState,
  now: Millis,
): { readonly next: OwnershipState; readonly effects: readonly OwnershipEffect[] } {
  if (now < unheardDue(state)) return { next: state, effects: [] };
  const unheard = new Map<string, UnheardOwner>();
  const effects: OwnershipEffect[] = [];
  for (const [address, owner] of state.unheard) {
    if (now >= owner.seenAt + COUNTS_FOR || state.peers.has(owner.node) || !state.wanted.has(address)) continue;
    if (now >= owner.askedAt + ASK_AGAIN) {
      unheard.set(address, { ...owner, askedAt: now });
      effects.push({ kind: "ask", address });
    } else unheard.set(address, owner);
  }
  return { next: { ...state, unheard }, effects };
}

/** When {@link reviewUnheard} has something to do; Infinity if never. */
export function unheardDue({ unheard }: OwnershipState): Millis {
  return [...unheard.values()].reduce(
    (first, { seenAt, askedAt }) => Math.min(first, seenAt + COUNTS_FOR, askedAt + ASK_AGAIN),
    Number.POSITIVE_INFINITY,
  );
}
