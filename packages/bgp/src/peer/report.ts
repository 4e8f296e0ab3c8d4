import type { TcpConnection } from "@fairlead/linux";
import type { Millis } from "@fairlead/runtime";
import type { Negotiated } from "../fsm/negotiated.ts";
import type { DownReason } from "../fsm/reason.ts";
import type { FsmState } from "../fsm/state.ts";
import type { Received } from "../session/received.ts";

/** Why a session ended or did not come to be, and when, by the wall clock. */
export interface PastReason {
  readonly reason: DownReason;
  readonly at: Millis;
}

/** How things stand with a peer. */
export interface PeerReport {
  readonly state: FsmState["name"];
  /** Number of the session: what is said of an older one is about nothing that still is. */
  readonly session: number;
  /** Since when it is Established, or is not, by the wall clock. */
  readonly since: Millis;
  readonly negotiated: Negotiated | undefined;
  readonly ends: TcpConnection["ends"];
  readonly received: Received;
  /** Octets that the peer has not taken yet. */
  readonly waiting: number;
  /** The Hold Time that the next OPEN proposes, in seconds: more than is configured, if the peer has refused that. */
  readonly offeredHoldTimeSeconds: number;
  /** Why the last session or attempt ended; undefined while none has. */
  readonly lastDown: PastReason | undefined;
  /** The last reason that either side has put into words: what is behind a peer that closes connections without any. */
  readonly lastSaid: PastReason | undefined;
  /** When the next attempt begins, by the wall clock; undefined if none will by itself, or one is under way. */
  readonly retryAt: Millis | undefined;
}

/** Whether a reason comes of a NOTIFICATION or a decision, rather than of silence. */
export function isSaid({ code }: DownReason): boolean {
  return code !== "ClosedBeforeOpen" && code !== "ConnectFailed" && code !== "ConnectionLost";
}
