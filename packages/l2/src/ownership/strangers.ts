import type { Mac } from "@fairlead/net";
import type { Millis } from "@fairlead/runtime";
import type { OwnershipEffect } from "./effect.ts";
import type { OwnershipState, Stranger } from "./state.ts";

/** How often an address that a stranger has is asked for again. */
const PROBE_AGAIN: Millis = 30_000;

/** A stranger that was not heard for this long has no more to do with an address that this node answers for. */
const FORGET_AFTER: Millis = 60_000;

/** A stranger says to have an address. Matters for one that this node is to answer for, does, or has let be for it. */
export function sighted(
  state: OwnershipState,
  address: string,
  mac: Mac,
  now: Millis,
): { readonly next: OwnershipState; readonly effects: readonly OwnershipEffect[] } {
  const holding = state.holdings.get(address);
  const known = state.strangers.get(address);
  // Where another speaker has it, that one sees to it.
  if (holding === undefined && known === undefined) return { next: state, effects: [] };
  const isClaimed = holding?.state === "claimed";
  const stranger: Stranger = {
    mac,
    since: known?.since ?? now,
    seenAt: now,
    times: (known?.times ?? 0) + 1,
    probedAt: known?.probedAt ?? now,
    code: isClaimed || known?.code === "AddressInUse" ? "AddressInUse" : "AddressConflict",
    isNew: known?.isNew ?? (isClaimed && holding.cause === "NoOwner" && state.wanted.get(address)?.isNew === true),
  };
  const next = { ...state, strangers: new Map(state.strangers).set(address, stranger) };
  return { next, effects: [{ kind: "stranger", address, stranger, isNews: known?.mac !== mac }] };
}

/** Whether a stranger keeps this node from answering for an address. */
export function isInUse({ strangers }: OwnershipState, address: string): boolean {
  return strangers.get(address)?.code === "AddressInUse";
}

/** Asks for what strangers have, from time to time, and forgets those that are gone. */
export function reviewStrangers(
  state: OwnershipState,
  now: Millis,
): { readonly next: OwnershipState; readonly effects: readonly OwnershipEffect[] } {
  if (now < strangersDue(state)) return { next: state, effects: [] };
  const strangers = new Map<string, Stranger>();
  const effects: OwnershipEffect[] = [];
  for (const [address, stranger] of state.strangers) {
    if (now < reviewAt(state, stranger)) strangers.set(address, stranger);
    else if (isGone(stranger)) effects.push({ kind: "strangerGone", address, stranger });
    else {
      strangers.set(address, { ...stranger, probedAt: now });
      effects.push({ kind: "probe", address });
    }
  }
  return { next: { ...state, strangers }, effects };
}

/** When {@link reviewStrangers} has something to do; Infinity if never. */
export function strangersDue(state: OwnershipState): Millis {
  return [...state.strangers.values()].reduce(
    (first, stranger) => Math.min(first, reviewAt(state, stranger)),
    Number.POSITIVE_INFINITY,
  );
}

// One that keeps an address from this node is asked, and gone when it does not answer. One that this node answers beside
// would be asked in vain, for this node's own kernel answers too: it is gone when nothing is heard of it.
function reviewAt({ timing, link }: OwnershipState, { code, seenAt, probedAt }: Stranger): Millis {
  if (code === "AddressConflict") return seenAt + FORGET_AFTER;
  if (!link.up) return Number.POSITIVE_INFINITY;
  return seenAt >= probedAt ? probedAt + PROBE_AGAIN : probedAt + timing.probe;
}

function isGone({ code, seenAt, probedAt }: Stranger): boolean {
  return code === "AddressConflict" || seenAt < probedAt;
}
