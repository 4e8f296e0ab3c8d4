import type { IpAddress } from "@fairlead/net";

/** A namespaced object: its uid tells it from a later one of the same name. */
export interface ObjectIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** An IPAllocation: an address that Services hold, or that is kept from them. */
export interface Allocation {
  /** Name of the object: see allocationName(). */
  readonly name: string;
  /** UID of the object; empty for one that is still to be created. */
  readonly uid: string;
  /** resourceVersion of the object; empty for one that is still to be created. */
  readonly version: string;
  readonly ip: IpAddress;
  /** Canonical text of the address. */
  readonly address: string;
  /** The pool it was taken from. */
  readonly pool: string;
  /** The Services that hold it, in the order in which they came: several share it; none if it is only kept. */
  readonly holders: readonly ObjectIdentity[];
  /** The IPClaim that reserves it. */
  readonly claim?: ObjectIdentity;
  /** Who gave it up, and when: it cools down. */
  readonly released?: Release;
  /** Its condition Draining as it stands, to know whether it must be written. */
  readonly draining?: SeenCondition;
}

/** The end of a Service's hold on an address. */
export interface Release {
  readonly by: ObjectIdentity;
  /** RFC 3339. */
  readonly at: string;
}

/** What a condition says. */
export interface SeenCondition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}
