import type { Family, IpAddress, Prefix } from "@fairlead/net";

/** Who put the route into BGP (RFC 4271 §5.1.1). */
export type Origin = "igp" | "egp" | "incomplete";

/** A part of an AS_PATH (RFC 4271 §4.3): AS numbers in order, or in none. */
export interface AsSegment {
  readonly kind: "sequence" | "set";
  /** 1 to 255 AS numbers of 32 bits. */
  readonly asns: readonly number[];
}

/** Where to send packets for routes of MP_REACH_NLRI (RFC 4760 §3, RFC 2545 §3, RFC 8950 §3). */
export interface NextHop {
  /** A global address; a link-local one where there is no global one, or `::` if `linkLocal` has it. */
  readonly address: IpAddress;
  /** The link-local address of the same interface, on a link that both speakers share. */
  readonly linkLocal?: IpAddress;
}

/** A large community (RFC 8092 §3): three numbers of 32 bits. */
export interface LargeCommunity {
  readonly globalAdministrator: number;
  readonly localData1: number;
  readonly localData2: number;
}

/** An extended community (RFC 4360); all but link bandwidth are kept as they came. */
export type ExtendedCommunity =
  | {
      /** The share of traffic that the next hop should have (draft-ietf-idr-link-bandwidth §2). */
      readonly kind: "linkBandwidth";
      /** Type 0x00 rather than 0x40, which is the registered one. */
      readonly transitive: boolean;
      /** AS number of 16 bits; 23456 for a larger one. */
      readonly as: number;
      /** A number that 32 bits hold (IEEE 754 binary32). */
      readonly octetsPerSecond: number;
    }
  | { readonly kind: "other"; readonly value: bigint };

/** The AS that formed an aggregate, and the router there (RFC 4271 §5.1.7). */
export interface Aggregator {
  readonly as: number;
  readonly address: IpAddress;
}

/** A path attribute of an UPDATE (RFC 4271 §5 unless said), by what it means. Communities have 32 bits. */
export type PathAttribute =
  | { readonly kind: "origin"; readonly origin: Origin }
  | { readonly kind: "asPath"; readonly segments: readonly AsSegment[] }
  /** For the IPv4 routes of the NLRI field. */
  | { readonly kind: "nextHop"; readonly address: IpAddress }
  | { readonly kind: "multiExitDisc"; readonly metric: number }
  | { readonly kind: "localPref"; readonly preference: number }
  | { readonly kind: "atomicAggregate" }
  | ({ readonly kind: "aggregator" } & Aggregator)
  /** RFC 1997. */
  | { readonly kind: "communities"; readonly communities: readonly number[] }
  /** RFC 4456 §8: the router that brought the route into the AS. */
  | { readonly kind: "originatorId"; readonly routerId: number }
  /** RFC 4456 §8. */
  | { readonly kind: "clusterList"; readonly clusters: readonly number[] }
  /** RFC 4760 §3: routes of any family. */
  | { readonly kind: "mpReach"; readonly family: Family; readonly nextHop: NextHop; readonly nlri: readonly Prefix[] }
  /** RFC 4760 §4: routes withdrawn; none for End-of-RIB (RFC 4724 §2). */
  | { readonly kind: "mpUnreach"; readonly family: Family; readonly withdrawn: readonly Prefix[] }
  /** RFC 4360. */
  | { readonly kind: "extendedCommunities"; readonly communities: readonly ExtendedCommunity[] }
  /** RFC 6793 §3: the path in four octets, beside an AS_PATH in two. */
  | { readonly kind: "as4Path"; readonly segments: readonly AsSegment[] }
  /** RFC 6793 §3. */
  | ({ readonly kind: "as4Aggregator" } & Aggregator)
  /** RFC 8092. */
  | { readonly kind: "largeCommunities"; readonly communities: readonly LargeCommunity[] }
  | { readonly kind: "unknown"; readonly type: number; readonly flags: number; readonly value: Uint8Array };
