import { prevails, type Stake } from "./contest.ts";
import type { Peer } from "./state.ts";

/** Of each address, the say of the peer that prevails over the other peers. */
export function strongestStakes(peers: ReadonlyMap<string, Peer>): Map<string, Stake> {
  const stakes = new Map<string, Stake>();
  for (const { node, table } of peers.values()) {
    for (const { address, epoch, state, standing } of table.entries.values()) {
      const stake = { node, epoch, state, standing };
      const other = stakes.get(address);
      if (other === undefined || prevails(address, stake, other)) stakes.set(address, stake);
    }
  }
  return stakes;
}
