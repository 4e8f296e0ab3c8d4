import type { Family } from "@fairlead/net";

/** What both speakers' OPENs come to. */
export interface Negotiated {
  readonly peerAs: number;
  readonly peerRouterId: number;
  /** Internal if both are of one AS. */
  readonly kind: "internal" | "external";
  /** The smaller Hold Time, in seconds; 0 for a session without KEEPALIVEs. */
  readonly holdTimeSeconds: number;
  /** Time between KEEPALIVEs in seconds; 0 if the Hold Time is. */
  readonly keepaliveSeconds: number;
  /** Whether AS numbers have four octets in what is sent (RFC 6793 §4). */
  readonly fourOctetAs: boolean;
  /** Families of which routes may be sent. */
  readonly families: readonly Family[];
  /** Whether IPv4 routes may have IPv6 next hops (RFC 8950 §4). */
  readonly extendedNextHop: boolean;
  readonly routeRefresh: boolean;
  /** Whether both offered graceful restart; what the peer said of it (RFC 4724 §3). */
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
