import type { LinkSelector, Mac, Prefix } from "@fairlead/net";
import type { Millis } from "@fairlead/runtime";
import type { HoldState, Standing, TableEntry } from "../packet/table-part.ts";
import type { Stake } from "./contest.ts";
import type { Freshness } from "./freshness.ts";
import type { Reluctance, Steadiness } from "./steadiness.ts";
import type { OwnershipTiming } from "./timing.ts";

/** Which nodes may own an address on this link, as Kubernetes has it. */
export interface Candidates {
  readonly nodes: ReadonlyMap<string, Candidacy>;
  /** Groups that the address is in: addresses of one group go to different nodes while there are nodes enough. */
  readonly groups?: readonly string[];
  /** Whether the address came up while this speaker ran: it has not been announced before. */
  readonly isNew?: boolean;
  /** Whether several nodes answer for the address, each for its part of the clients. */
  readonly isShared?: boolean;
}

/** What a node may do for an address. */
export interface Candidacy {
  /** The links it may announce it on: of each list, one must select the link. */
  readonly links: readonly (readonly LinkSelector[])[];
  /** Of several nodes, those with the greatest weight come first. 0 or more. */
  readonly weight: number;
}

/** This node's end of the link. */
export interface LinkEnd {
  readonly name: string;
  readonly mac: Mac;
  /** Whether it has carrier; without, the node is a candidate for nothing. */
  readonly up: boolean;
  /** Its addresses with their subnets. */
  readonly prefixes: readonly Prefix[];
}

/** Another speaker, as it was last heard. */
export interface Peer {
  readonly node: string;
  readonly incarnation: bigint;
  readonly sequence: number;
  readonly heardAt: Millis;
  readonly leaving: boolean;
  readonly listening: boolean;
  readonly reluctant: boolean;
  readonly heldDown: boolean;
  /** Silence after which it counts as gone: the longer of its own detection time and this node's. */
  readonly detection: Millis;
  readonly end: Pick<LinkEnd, "name" | "mac" | "prefixes">;
  /** The version it says its table has. */
  readonly tableVersion: number;
  /** The last table that was heard whole. */
  readonly table: { readonly version: number; readonly entries: ReadonlyMap<string, TableEntry> };
  /** Parts of a newer table heard so far. */
  readonly parts: ReadonlyMap<number, readonly TableEntry[]>;
  /** Since when its table is not known; undefined if it is. */
  readonly unknownSince: Millis | undefined;
}

/** An address that this node owns, claims or hands over. */
export interface Holding {
  readonly epoch: number;
  readonly state: HoldState;
  readonly standing: Standing;
  /** When the state began. */
  readonly since: Millis;
  readonly cause: TakeOverCause;
  /** The node that held it before, if known. */
  readonly previous: string | undefined;
  /** When that one was last heard, if it fell silent. */
  readonly silentSince?: Millis;
}

/** An address that is wanted and has no owner. */
export interface Orphan {
  /** When this node knew. */
  readonly since: Millis;
  /** Since when the nodes below are the same. */
  readonly steadySince: Millis;
  /** Candidates that may take it at once. */
  readonly ready: readonly string[];
  /** Candidates that are to take it only if there is no other. */
  readonly reluctant: readonly string[];
  /** Candidates that only listen yet. */
  readonly listening: readonly string[];
}

/** A speaker that answers for an address, and whose heartbeats do not come through. */
export interface UnheardOwner {
  readonly node: string;
  readonly seenAt: Millis;
  /** When it was last asked. */
  readonly askedAt: Millis;
}

/** Somebody who is no speaker and has an address that is wanted. */
export interface Stranger {
  readonly mac: Mac;
  /** When it was first seen. */
  readonly since: Millis;
  readonly seenAt: Millis;
  /** How often it was seen. */
  readonly times: number;
  /** When it was last asked for. */
  readonly probedAt: Millis;
  /**
   * `AddressInUse`: it had the address before this node answered for it, so this node does not. `AddressConflict`: it came
   * later, and this node goes on.
   */
  readonly code: "AddressInUse" | "AddressConflict";
  /** Whether the address is new, so that another one would do as well. */
  readonly isNew: boolean;
}

/** Which nodes may own what, of this one and its live peers: as Kubernetes has it, and by their ends of the link. */
export interface Eligible {
  /** By address, of all that is wanted. Addresses with the same nodes have one list. */
  readonly nodes: ReadonlyMap<string, readonly string[]>;
  /** What it was made of. */
  readonly wanted: ReadonlyMap<string, Candidates>;
  readonly ends: ReadonlyMap<string, Peer["end"]>;
}

/** Every {@link TakeOverCause}; docs/troubleshooting.md has a heading for each. */
export const TAKE_OVER_CAUSES = ["NoOwner", "OwnerSilent", "OwnerLeaving", "OwnerReleased"] as const;

/** Why a node takes an address. */
export type TakeOverCause = (typeof TAKE_OVER_CAUSES)[number];

/** Everything that the decision on ownership knows. Never changed in place. */
export interface OwnershipState {
  readonly node: string;
  readonly timing: OwnershipTiming;
  readonly link: LinkEnd;
  readonly wanted: ReadonlyMap<string, Candidates>;
  readonly peers: ReadonlyMap<string, Peer>;
  /** Which of the live nodes may own what is wanted. */
  readonly eligible: Eligible;
  /** Those who answer for an address although they are not heard. */
  readonly unheard: ReadonlyMap<string, UnheardOwner>;
  /** Addresses that several nodes answer for; none of them is in `wanted`. */
  readonly shared: ReadonlyMap<string, Candidates>;
  /** The parts of their clients that this node answers. */
  readonly shares: ReadonlyMap<string, ReadonlySet<number>>;
  /** Speakers that fell silent without a word, and were not heard again, each with the time when it was heard last. */
  readonly missing: ReadonlyMap<string, Millis>;
  readonly freshness: Freshness;
  readonly holdings: ReadonlyMap<string, Holding>;
  /** The last holder known of each wanted address, with its epoch. */
  readonly lastHolders: ReadonlyMap<string, Stake>;
  /** The highest epoch heard of any address: a take-over goes above it. */
  readonly highestEpoch: number;
  readonly orphans: ReadonlyMap<string, Orphan>;
  /** Those who have an address of these though they are no speakers. */
  readonly strangers: ReadonlyMap<string, Stranger>;
  readonly tableVersion: number;
  /** Until then this node only listens: it neither claims nor answers. */
  readonly listenUntil: Millis;
  /** When there is something to decide though nothing new is heard; Infinity if all is settled. */
  readonly due: Millis;
  /** When this process was last seen to run. */
  readonly ranAt: Millis;
  /** When it last ran again after it had been stopped for a while. */
  readonly wokeAt: Millis;
  /** When somebody was last sent the table for the asking. */
  readonly tableSentAt: Millis;
  /** When what answers was last to be made again. */
  readonly repairedAt: Millis;
  readonly leaving: boolean;
  readonly steadiness: Steadiness;
  /** Why this node is reluctant, as it was last looked at. */
  readonly reluctance: Reluctance | undefined;
}
