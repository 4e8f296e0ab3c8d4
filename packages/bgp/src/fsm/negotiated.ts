import type { Family } from "@fairlead/net";
import type { SessionTraits } from "../packet/session-traits.ts";

/** What both speakers' OPENs come to. */
export interface Negotiated extends SessionTraits {
  readonly peerAs: number;
  readonly peerRouterId: number;
  /** The smaller Hold Time, in seconds; 0 for a session without KEEPALIVEs. */
  readonly holdTimeSeconds: number;
  /** Time between KEEPALIVEs in seconds; 0 if the Hold Time is. */
  readonly keepaliveSeconds: number;
  readonly routeRefresh: boolean;
  /** What the peer said of graceful restart (RFC 4724 §3); undefined unless both offered it. */
  readonly gracefulRestart: PeerRestart | undefined;
}

/** What the peer said of graceful restart. */
export interface PeerRestart {
  /** Restart State (R): it has restarted. */
  readonly restarting: boolean;
  /** Whether both keep routes over a NOTIFICATION other than Hard Reset (N, RFC 8538 §2). */
  readonly notification: boolean;
  readonly restartTimeSeconds: number;
  /** Families whose routes it keeps, as a helper or through its own restart. */
  readonly families: readonly { readonly family: Family; readonly forwarding: boolean }[];
}
