import { describeReserved, type ReservedKind } from "./reserved.ts";
import { describeShareConflict, type ShareConflict } from "./sharing.ts";

/**
 * Why a Service has no address, or not all that it asked for. The code is the reason of its condition
 * fairlead.dev/Allocated=False, of the Event, the metric label and the heading in docs/troubleshooting.md.
 */
export type AllocationRefusal =
  | { readonly code: "NoPool" }
  | { readonly code: "PoolFull"; readonly pools: readonly PoolAttempt[] }
  | { readonly code: "QuotaExceeded"; readonly namespace: string; readonly pools: readonly PoolAttempt[] }
  | { readonly code: "FamilyMissing"; readonly family: 4 | 6; readonly pools: readonly PoolAttempt[] }
  | { readonly code: "NotAllowedForService"; readonly pools: readonly string[] }
  /** `must` completes "…must": "be one IP address of each family". */
  | { readonly code: "InvalidRequest"; readonly source: string; readonly must: string; readonly value: string }
  | { readonly code: "ConflictingRequest"; readonly annotation: string; readonly field: string }
  | { readonly code: "UnknownPool"; readonly pool: string }
  /** `pool` is the one asked for, if one was, or several with commas between. */
  | { readonly code: "AddressNotInPool"; readonly address: string; readonly pool?: string }
  /** What the network needs the address for: see {@link ReservedRange}. */
  | { readonly code: "AddressUnusable"; readonly address: string; readonly what: ReservedKind; readonly of: string }
  /** `by` names the holder: "Service default/web". */
  | { readonly code: "AddressTaken"; readonly address: string; readonly by: string }
  /** `with` names the other Service: "default/web". */
  | {
      readonly code: "SharingRefused";
      readonly address: string;
      readonly with: string;
      readonly conflict: ShareConflict;
    }
  | { readonly code: "ForeignStatus"; readonly addresses: readonly string[]; readonly manager?: string }
  /** `manager` is the field manager that undid what Fairlead wrote. */
  | { readonly code: "WriteWar"; readonly manager: string };

/** A pool that was tried and why it was of no use. */
export interface PoolAttempt {
  readonly pool: string;
  /** `Full`: all are held. `OnRequest`: not given to those who ask for nothing. `NotAllowed`: serviceAllocation excludes it. */
  readonly why: "Full" | "QuotaUsed" | "FamilyMissing" | "OnRequest" | "NotAllowed";
}

/** A code an allocation can be refused with. */
export type AllocationRefusalCode = AllocationRefusal["code"];

/** Every {@link AllocationRefusalCode}; docs/troubleshooting.md has a heading for each. */
export const ALLOCATION_REFUSAL_CODES = [
  "NoPool",
  "PoolFull",
  "QuotaExceeded",
  "FamilyMissing",
  "NotAllowedForService",
  "InvalidRequest",
  "ConflictingRequest",
  "UnknownPool",
  "AddressNotInPool",
  "AddressUnusable",
  "AddressTaken",
  "SharingRefused",
  "ForeignStatus",
  "WriteWar",
] as const satisfies readonly AllocationRefusalCode[];

/** The sentence for the operator: what is wrong and what to do. No final period. */
export function describeRefusal(refusal: AllocationRefusal): string {
  switch (refusal.code) {
    case "NoPool":
      return "No IPAddressPool exists: create one with the addresses that may be given out";
    case "PoolFull":
      return `No free address: ${attempts(refusal.pools)}. Add addresses to a pool or delete Services that no longer need theirs`;
    case "QuotaExceeded":
      return `Namespace ${refusal.namespace} has as many addresses as spec.namespaceQuota lets it have: ${attempts(refusal.pools)}. Raise the quota, or delete Services or IPClaims of the namespace that no longer need theirs`;
    case "FamilyMissing":
      return `No pool has an IPv${refusal.family} address for this Service: ${attempts(refusal.pools)}. Add an IPv${refusal.family} range to a pool`;
    case "NotAllowedForService":
      return `No pool is for this Service: spec.serviceAllocation of ${refusal.pools.join(", ")} excludes its namespace or its labels, or spec.autoAssign is false`;
    case "InvalidRequest":
      return `${refusal.source} must ${refusal.must}, got ${JSON.stringify(refusal.value)}`;
    case "ConflictingRequest":
      return `The annotation and spec.loadBalancerIP must ask for the same address, got ${JSON.stringify(refusal.annotation)} and ${JSON.stringify(refusal.field)}: remove one of them`;
    case "UnknownPool":
      return `The requested IPAddressPool ${JSON.stringify(refusal.pool)} does not exist or is not accepted`;
    case "AddressNotInPool":
      return refusal.pool === undefined
        ? `The requested address ${refusal.address} is in no IPAddressPool that is for this Service`
        : `The requested address ${refusal.address} is not in the requested IPAddressPool ${JSON.stringify(refusal.pool)}`;
    case "AddressUnusable":
      return `The requested address ${refusal.address} is ${describeReserved(refusal)}: it is never given out`;
    case "AddressTaken":
      return `The requested address ${refusal.address} is held by ${refusal.by}`;
    case "SharingRefused":
      return `Address ${refusal.address} cannot be shared with Service ${refusal.with} (${refusal.conflict.rule}): ${describeShareConflict(refusal.conflict)}`;
    case "ForeignStatus":
      return `status.loadBalancer was written by ${refusal.manager === undefined ? "another controller" : JSON.stringify(refusal.manager)} (${refusal.addresses.join(", ")}); it is left alone. Clear it, or set spec.loadBalancerClass, so that one controller serves this Service`;
    case "WriteWar":
      return `The field manager ${JSON.stringify(refusal.manager)} keeps overwriting status.loadBalancer; Fairlead has stopped writing it, for ten minutes at a time. Stop the other controller, or set spec.loadBalancerClass, so that one controller serves this Service`;
  }
}

const ATTEMPTS: Readonly<Record<PoolAttempt["why"], string>> = {
  Full: "full",
  QuotaUsed: "quota of the namespace is used up",
  FamilyMissing: "no address of this family",
  OnRequest: "only on request",
  NotAllowed: "not for this Service",
};

function attempts(pools: readonly PoolAttempt[]): string {
  if (pools.length === 0) return "no pool is accepted";
  return pools.map(({ pool, why }) => `${pool}: ${ATTEMPTS[why]}`).join(", ");
}
