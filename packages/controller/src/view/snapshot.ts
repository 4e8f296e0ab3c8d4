import type { Allocation, ClassFilter, IPClaim, KindName, ObjectIdentity, Service } from "@fairlead/model";
import type { AllocationIndex } from "../allocate/allocation-index.ts";
import type { Surroundings } from "../allocate/context.ts";

/** Everything that the controller's decision looks at. */
export interface Snapshot {
  readonly services: readonly Service[];
  /** The Service of an identity; undefined if it is gone or cannot be read. */
  readonly serviceOf: (identity: ObjectIdentity) => Service | undefined;
  /** Uids of Services that were seen to go and have records. One that is not there may only not have been heard of yet. */
  readonly deleted: ReadonlySet<string>;
  /** "Service namespace/name" and "IPClaim namespace/name" of those that could not be read: what they have stays theirs. */
  readonly unreadable: ReadonlySet<string>;
  /** Whether IPClaims could be listed; if not, what is reserved stays reserved. */
  readonly claimsKnown: boolean;
  readonly index: AllocationIndex;
  readonly claims: readonly IPClaim[];
  readonly surroundings: Surroundings;
  readonly classes: ClassFilter;
  /** Whether Services with an address are to have the cleanup finalizer. */
  readonly finalizer: boolean;
  readonly speakers: readonly SpeakerAnswers[];
  readonly pending: Pending;
  /** By uid of a Service: the field manager that keeps overwriting its status. */
  readonly wars: ReadonlyMap<string, string>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What a speaker says of the addresses that its node answers for. */
export interface SpeakerAnswers {
  /** Name of the node. */
  readonly node: string;
  /** In canonical text. */
  readonly answers: ReadonlySet<string>;
  /** When it said so, RFC 3339; undefined if it does not tell. */
  readonly seen: string | undefined;
}

/** Work that was begun by an earlier decision and has not ended. */
export interface Pending {
  /** See {@link workKey}: nothing new is decided about these. */
  readonly keys: ReadonlySet<string>;
  /** How the addresses stand that are being taken. */
  readonly takes: readonly Allocation[];
}

/** Names what a piece of work is about: an object of one life. */
export function workKey(kind: KindName, uid: string): string {
  return `${kind} ${uid}`;
}
