import type { Link } from "@fairlead/linux";
import type { Holding, OwnershipState } from "./ownership/state.ts";
import type { Responder } from "./ports.ts";
import type { WireFinding } from "./wire/wire-checks.ts";

/** What one link sees and does. */
export interface LinkReport {
  readonly link: Link;
  readonly responder: Responder["kind"];
  /** Speakers that are heard, by name, in order. */
  readonly neighbors: readonly string[];
  /** Addresses that this node answers for. */
  readonly owned: ReadonlyMap<string, Holding>;
  /** Of each shared address that this node answers for, the parts of the clients that it answers. */
  readonly shares: OwnershipState["shares"];
  /** Wanted addresses that other hosts use. */
  readonly strangers: OwnershipState["strangers"];
  /** Addresses that this node may have here, but leaves to others for a while as it was lost too often. */
  readonly heldDown: readonly string[];
  /** Addresses whose owners' answers are wrong. */
  readonly findings: ReadonlyMap<string, WireFinding>;
}

/** What there is to say of a link. */
export function linkReport(
  state: OwnershipState,
  link: Link,
  responder: Responder["kind"],
  findings: ReadonlyMap<string, WireFinding>,
): LinkReport {
  const { peers, shares, strangers } = state;
  const neighbors = [...peers.keys()].sort();
  return { link, responder, neighbors, owned: ownedBy(state), shares, strangers, heldDown: heldDown(state), findings };
}

/** The addresses that this node answers for. */
export function ownedBy({ holdings }: OwnershipState): ReadonlyMap<string, Holding> {
  return new Map([...holdings].filter(([, { state }]) => state !== "claimed"));
}

function heldDown({ reluctance, wanted, holdings, node }: OwnershipState): readonly string[] {
  if (reluctance !== "HoldDown") return [];
  return [...wanted].flatMap(([address, { nodes }]) => (nodes.has(node) && !holdings.has(address) ? address : []));
}
