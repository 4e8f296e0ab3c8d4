import type { Family } from "@fairlead/net";
import type { BackoffLimits, Millis } from "@fairlead/runtime";

/** What a session with a peer is to be like, as configured. Changing any of it takes a new session. */
export interface SessionSettings {
  /** AS number that this speaker says it is, 1 to 4294967294. */
  readonly localAs: number;
  /** BGP Identifier: any number of 32 bits but 0 (RFC 6286 §2.1). */
  readonly routerId: number;
  /** AS number of the peer, or which it may have: any other than ours, or only ours. */
  readonly remoteAs: number | "external" | "internal";
  /** Families of the routes to announce; at least one. */
  readonly families: readonly Family[];
  /** Hold Time to propose, in seconds: 0, or 3 to 65535. 0 asks for a session without KEEPALIVEs. */
  readonly holdTimeSeconds: number;
  /** Time between KEEPALIVEs in seconds, if a third of the negotiated Hold Time is not less. */
  readonly keepaliveSeconds: number;
  /** Whether IPv4 routes may go out with IPv6 next hops (RFC 8950). */
  readonly extendedNextHop: boolean;
  /** Whether messages may be longer than 4096 octets (RFC 8654). */
  readonly extendedMessage: boolean;
  /** Offered where routes are to outlive a restart of this speaker (RFC 4724). */
  readonly gracefulRestart?: LocalRestart;
  /** Whether the segments are signed (RFC 2385): a wrong key shows as silence alone. */
  readonly hasKey: boolean;
  /** ConnectRetryTime: how long an attempt to connect may take. */
  readonly connectRetry: Millis;
  /** DelayOpenTime: how long the peer's OPEN is waited for before ours goes out; 0 for not at all. */
  readonly delayOpen: Millis;
  /** SendHoldTime (RFC 9687): how long the peer may take nothing of what is to be sent; 0 for ever. */
  readonly sendHold: Millis;
  /** IdleHoldTime: the pause after each failure in a row. */
  readonly idleHold: BackoffLimits;
  /** A session that stood this long ends the row of failures. */
  readonly steadyAfter: Millis;
}

/** What is offered of graceful restart (RFC 4724 §3). */
export interface LocalRestart {
  /** For how long the peer is to keep the routes, 0 to 4095 seconds. */
  readonly restartTimeSeconds: number;
  /** Whether this is the first session since a restart (R). */
  readonly restarting: boolean;
  /** Families for which this node forwarded throughout (F). */
  readonly forwarding: readonly Family[];
}

/** What a session is like unless told: Hold Time 9 s, 10 s for an attempt, pauses of 1 to 30 s. */
export const DEFAULT_SETTINGS = {
  holdTimeSeconds: 9,
  keepaliveSeconds: 3,
  extendedNextHop: false,
  extendedMessage: false,
  hasKey: false,
  connectRetry: 10_000,
  delayOpen: 0,
  sendHold: 30_000,
  idleHold: { first: 1_000, most: 30_000 },
  steadyAfter: 60_000,
} as const satisfies Partial<SessionSettings>;
