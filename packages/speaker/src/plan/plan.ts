import type { ForwardingMode } from "@fairlead/forwarding";
import type { Candidacy } from "@fairlead/l2";
import type { AnnouncementRefusal, ObjectIdentity } from "@fairlead/model";
import type { AddressRange, IpAddress } from "@fairlead/net";

/** An address of Services. */
export interface PlannedAddress {
  /** Whose address it is: the one whose ports count first, then those that share it. */
  readonly services: readonly [ObjectIdentity, ...ObjectIdentity[]];
}

/** What Layer 2 is to make of an address. */
export interface PlannedLayer2 {
  /** Key of the nodes that may own it, in {@link Plan.candidates}. */
  readonly candidates: string;
  /** Groups that it is in: those of one group go to different nodes while there are nodes enough. Absent if in none. */
  readonly groups?: readonly string[];
  /** Whether several nodes answer for it, each for its part of the clients. Absent if one does. */
  readonly isShared?: true;
  /** Why this node is not among the candidates; absent if it is. */
  readonly refusal?: AnnouncementRefusal;
}

/** The nodes that may own an address, by name. */
export type CandidateNodes = ReadonlyMap<string, Candidacy>;

/** What there is to say of what a node forwards. What it forwards by stays where it is decided. */
export interface PlannedForwarding {
  readonly mode: ForwardingMode;
  /** Number of ports of external addresses. */
  readonly ports: number;
}

/**
 * What a speaker is to announce, as tables of plain data: it crosses from the thread that decides to the one that acts by what
 * has changed of each table. Each way to announce has tables of its own.
 */
export type Plan = {
  /** By canonical text. */
  readonly addresses: ReadonlyMap<string, PlannedAddress>;
  /** By canonical text: every one of {@link addresses}. */
  readonly layer2: ReadonlyMap<string, PlannedLayer2>;
  /** By key: thousands of addresses have the same. */
  readonly candidates: ReadonlyMap<string, CandidateNodes>;
  /** Where more addresses may come from: the ranges of the pools, by their text. */
  readonly ranges: ReadonlyMap<string, AddressRange>;
  /** All nodes by name, with their addresses. */
  readonly nodes: ReadonlyMap<string, readonly IpAddress[]>;
  /** One entry, "node". */
  readonly forwarding: ReadonlyMap<string, PlannedForwarding>;
};
