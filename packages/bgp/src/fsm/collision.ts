import type { FsmState } from "./state.ts";

/** Who began a connection: this speaker, or the peer. */
export type Direction = "outgoing" | "incoming";

/** A speaker as its OPEN has it. */
export interface Speaker {
  readonly as: number;
  readonly routerId: number;
}

/** Of two connections, the one begun by the speaker with the larger BGP Identifier stays; of equal ones, the larger AS (RFC 6286 §2.3). */
export function survivor(local: Speaker, peer: Speaker): Direction {
  const ours = local.routerId === peer.routerId ? local.as > peer.as : local.routerId > peer.routerId;
  return ours ? "outgoing" : "incoming";
}

/**
 * Which of a peer's two connections is to be dumped after an OPEN has come by one of them (RFC 4271 §6.8).
 *
 * @param opened - the one that the OPEN came by.
 * @returns undefined while nothing is known of the other one: it has had no OPEN yet, and will be looked at when it has.
 */
export function collide(
  opened: Direction,
  sessions: Readonly<Record<Direction, FsmState | undefined>>,
): Direction | undefined {
  const newer = sessions[opened];
  const other = sessions[opened === "outgoing" ? "incoming" : "outgoing"];
  if (newer?.name !== "OpenConfirm" || other === undefined) return undefined;
  // One that works is not given up for one that might.
  if (other.name === "Established") return opened;
  if (other.name !== "OpenConfirm") return undefined;
  const { settings, negotiated } = newer;
  const local = { as: settings.localAs, routerId: settings.routerId };
  const stays = survivor(local, { as: negotiated.peerAs, routerId: negotiated.peerRouterId });
  return stays === "outgoing" ? "incoming" : "outgoing";
}
