import { eligibleFor } from "./eligible.ts";
import type { Orphan, OwnershipState } from "./state.ts";
import { isInUse } from "./strangers.ts";

/** The nodes that may take an orphan, by how soon. */
export type Takers = Pick<Orphan, "ready" | "reluctant" | "listening">;

/** Who may take which orphan: worked out once for all addresses for which the same nodes are eligible. */
export class CommonTakers {
  readonly #state: OwnershipState;
  readonly #usual = new Map<readonly string[], Takers>();

  constructor(state: OwnershipState) {
    this.#state = state;
  }

  /** The nodes that may take the address, should it have no owner. */
  of(address: string): Takers {
    const { eligible, peers, strangers } = this.#state;
    const nodes = eligibleFor(eligible, address);
    // One that wants to be rid of it knows already that it is no candidate.
    const declines = (node: string) => peers.get(node)?.table.entries.get(address)?.state === "yielding";
    if (strangers.has(address) || nodes.some(declines)) {
      return this.#sort(
        nodes.filter((node) => !declines(node)),
        isInUse(this.#state, address),
      );
    }
    const usual = this.#usual.get(nodes) ?? this.#sort(nodes, false);
    this.#usual.set(nodes, usual);
    return usual;
  }

  #sort(nodes: readonly string[], inUse: boolean): Takers {
    const { node: own, link, reluctance, peers } = this.#state;
    const takers = { ready: [] as string[], reluctant: [] as string[], listening: [] as string[] };
    for (const node of nodes) {
      const peer = peers.get(node);
      if (node === own) {
        if (link.up && !inUse) takers[reluctance === undefined ? "ready" : "reluctant"].push(node);
      } else if (peer?.leaving === false) {
        takers[peer.listening ? "listening" : peer.reluctant ? "reluctant" : "ready"].push(node);
      }
    }
    return takers;
  }
}

/** Whether they are the same nodes, in whatever order. */
export function sameTakers(a: Takers, b: Takers): boolean {
  return (["ready", "reluctant", "listening"] as const).every((key) => {
    return a[key].length === b[key].length && a[key].every((node) => b[key].includes(node));
  });
}
