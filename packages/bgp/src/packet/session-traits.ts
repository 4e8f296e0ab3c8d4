import type { Family } from "@fairlead/net";

/** What the two OPENs settled about how messages are written and read. */
export interface SessionTraits {
  /** AS_PATHs have AS numbers of four octets: both have the capability (RFC 6793 §4). */
  readonly fourOctetAs: boolean;
  /** Messages of up to 65,535 octets (RFC 8654); else 4096. */
  readonly extendedMessage: boolean;
  /** IPv4 routes may have IPv6 next hops (RFC 8950 §4). */
  readonly extendedNextHop: boolean;
  /** Unicast families that both have. IPv4 without capability is one too (RFC 4760 §8). */
  readonly families: readonly Family[];
  /** The peer is of our own AS. */
  readonly internal: boolean;
}

/** Before the OPENs nothing is settled: enough to read an OPEN, a KEEPALIVE and a NOTIFICATION. */
export const NOTHING_NEGOTIATED: SessionTraits = {
  fourOctetAs: false,
  extendedMessage: false,
  extendedNextHop: false,
  families: [],
  internal: false,
};
