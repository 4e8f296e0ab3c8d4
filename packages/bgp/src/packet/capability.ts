import type { AfiSafi } from "./family.ts";

/** A family whose routes a restarting speaker still knows of (RFC 4724 §3). */
export interface RestartFamily {
  readonly family: AfiSafi;
  /** Forwarding State (F): packets were forwarded by these routes throughout the restart. */
  readonly forwarding: boolean;
}

/** Routes that may have a next hop of another family (RFC 8950 §4). */
export interface NextHopEncoding {
  readonly family: AfiSafi;
  /** Address family of the next hop; 2 for IPv6. */
  readonly nextHopAfi: number;
}

/** What a speaker says in its OPEN that it can do (RFC 5492). One that has no kind here is kept as it came. */
export type Capability =
  /** Routes of this family (RFC 4760 §8, code 1). */
  | { readonly kind: "multiprotocol"; readonly family: AfiSafi }
  /** ROUTE-REFRESH is understood (RFC 2918, code 2). */
  | { readonly kind: "routeRefresh" }
  /** IPv4 routes with IPv6 next hops (RFC 8950, code 5). */
  | { readonly kind: "extendedNextHop"; readonly encodings: readonly NextHopEncoding[] }
  /** Messages of up to 65,535 octets are taken (RFC 8654, code 6). */
  | { readonly kind: "extendedMessage" }
  /** Graceful restart (RFC 4724, code 64). */
  | {
      readonly kind: "gracefulRestart";
      /** Restart State (R): the speaker has restarted. */
      readonly restarting: boolean;
      /** Graceful Notification (N): NOTIFICATIONs other than Hard Reset keep the routes (RFC 8538 §2). */
      readonly notification: boolean;
      /** For how long the routes are to be kept, 0 to 4095 seconds. */
      readonly restartTimeSeconds: number;
      readonly families: readonly RestartFamily[];
    }
  /** AS numbers of four octets, and the speaker's own (RFC 6793, code 65). */
  | { readonly kind: "fourOctetAs"; readonly as: number }
  | { readonly kind: "unknown"; readonly code: number; readonly value: Uint8Array };
