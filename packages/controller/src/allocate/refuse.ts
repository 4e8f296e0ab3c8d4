import {
  type Allocation,
  type AllocationRefusal,
  type IPClaim,
  isClaimFor,
  type ObjectIdentity,
  type Pool,
  type PoolAttempt,
  type Service,
} from "@fairlead/model";
import { type Family, formatAddress, type IpAddress } from "@fairlead/net";
import { type AllocationContext, reservedAt, type Seeker } from "./context.ts";
import type { AddressConflict } from "./ledger.ts";
import { poolAllows } from "./pools.ts";

/** Who asks for one certain address, and what is particular about that. */
interface Asker {
  readonly seeker: Seeker;
  /** Pools that the address must be of; empty for any. */
  readonly pools: readonly string[];
  /** Why what stands there keeps the asker away; undefined if it does not. */
  readonly taken: (standing: Allocation) => AllocationRefusal | undefined;
  /** Whether an address that stands already counts in the quota of the asker's namespace. */
  readonly counts: (standing: Allocation) => boolean;
}

/**
 * Why a Service cannot have a certain address; undefined if it can.
 *
 * @param pool - that the address is of, if any.
 */
export function refuseService(
  service: Service,
  address: IpAddress,
  pool: Pool | undefined,
  context: AllocationContext,
): AllocationRefusal | undefined {
  const { ledger } = context;
  const asker: Asker = {
    seeker: service,
    pools: [],
    taken: (standing) => {
      const [holder] = standing.holders;
      const clash = ledger.conflict(service, standing);
      if (clash !== undefined && service.sharingKey !== "") return sharingRefused(standing.address, clash);
      if (clash !== undefined && holder !== undefined) return takenBy(standing, serviceText(holder));
      if (standing.claim !== undefined && ledger.isReserved(service, standing)) {
        return takenBy(standing, claimText(standing.claim));
      }
      return undefined;
    },
    // Who joins others takes no further address.
    counts: () => true,
  };
  return refuseAddress(asker, address, pool, context);
}

/**
 * Why an IPClaim cannot reserve a certain address; undefined if it can.
 *
 * @param pool - that the address is of, if any.
 * @param serviceOf - the Service of a holder, if it is there.
 */
export function refuseClaim(
  claim: IPClaim,
  address: IpAddress,
  pool: Pool | undefined,
  serviceOf: (holder: ObjectIdentity) => Service | undefined,
  context: AllocationContext,
): AllocationRefusal | undefined {
  const isOther = (holder: ObjectIdentity) => {
    const service = serviceOf(holder);
    return service === undefined || !isClaimFor(claim, service);
  };
  const asker: Asker = {
    seeker: seekerOf(claim),
    pools: claim.pools,
    taken: (standing) => {
      if (standing.claim !== undefined) return takenBy(standing, claimText(standing.claim));
      const other = standing.holders.find(isOther);
      return other && takenBy(standing, serviceText(other));
    },
    counts: ({ holders }) => holders.some(({ namespace }) => namespace === claim.namespace),
  };
  return refuseAddress(asker, address, pool, context);
}

// The one order of the checks: what stands there, what the network needs, the pool, the quota.
function refuseAddress(
  { seeker, pools, taken, counts }: Asker,
  address: IpAddress,
  pool: Pool | undefined,
  context: AllocationContext,
): AllocationRefusal | undefined {
  const { ledger, namespaceLabels } = context;
  const text = formatAddress(address);
  const standing = ledger.at(address);
  if (standing === undefined && !ledger.isFree(address)) {
    return { code: "AddressTaken", address: text, by: "an IPAllocation that cannot be read" };
  }
  const refusal = standing && taken(standing);
  if (refusal !== undefined) return refusal;
  const reserved = pool === undefined ? reservedAt(address, context) : undefined;
  if (reserved !== undefined) return { code: "AddressUnusable", address: text, what: reserved.what, of: reserved.of };
  if (pools.length > 0 && (pool === undefined || !pools.includes(pool.name))) {
    return { code: "AddressNotInPool", address: text, pool: pools.join(",") };
  }
  if (pool === undefined || !poolAllows(pool, seeker, namespaceLabels)) {
    return { code: "AddressNotInPool", address: text };
  }
  const isCounted = standing !== undefined && counts(standing);
  if (!isCounted && ledger.isQuotaUsed(pool, address.family, seeker.namespace)) {
    return { code: "QuotaExceeded", namespace: seeker.namespace, pools: [{ pool: pool.name, why: "QuotaUsed" }] };
  }
  return undefined;
}

/** Who an IPClaim looks for an address for: of a Service that may not be there yet, no more is known than the claim says. */
export function seekerOf({ namespace, name, for: target }: IPClaim): Seeker {
  if ("serviceName" in target) return { namespace, name: target.serviceName, labels: {} };
  return { namespace, name, labels: target.serviceSelector.matchLabels };
}

/** The refusal of an address that others have already. */
export function sharingRefused(address: string, { holder, conflict }: AddressConflict): AllocationRefusal {
  return { code: "SharingRefused", address, with: `${holder.namespace}/${holder.name}`, conflict };
}

/**
 * Why there is no address of a family.
 *
 * @param had - what could be had.
 * @param usable - the pools that were tried.
 */
export function refuseFamily(
  seeker: Seeker,
  family: Family,
  had: readonly Allocation[],
  usable: readonly Pool[],
  context: AllocationContext,
): AllocationRefusal {
  const { pools } = context;
  if (pools.length === 0) return { code: "NoPool" };
  if (usable.length === 0) return { code: "NotAllowedForService", pools: pools.map(({ name }) => name) };
  const tried = pools.map((pool) => ({ pool: pool.name, why: whyNot(pool, seeker, family, usable, context) }));
  const has = (why: PoolAttempt["why"]) => tried.some((attempt) => attempt.why === why);
  if (has("QuotaUsed")) return { code: "QuotaExceeded", namespace: seeker.namespace, pools: tried };
  const familyHad = had.length === 0 || had.some(({ ip }) => ip.family === family);
  return familyHad && has("Full")
    ? { code: "PoolFull", pools: tried }
    : { code: "FamilyMissing", family, pools: tried };
}

function whyNot(
  pool: Pool,
  seeker: Seeker,
  family: Family,
  usable: readonly Pool[],
  { namespaceLabels, ledger }: AllocationContext,
): PoolAttempt["why"] {
  if (!poolAllows(pool, seeker, namespaceLabels)) return "NotAllowed";
  if (!usable.includes(pool)) return "OnRequest";
  if (!pool.total.some((range) => range.family === family)) return "FamilyMissing";
  return ledger.isQuotaUsed(pool, family, seeker.namespace) ? "QuotaUsed" : "Full";
}

function takenBy({ address }: Allocation, by: string): AllocationRefusal {
  return { code: "AddressTaken", address, by };
}

function serviceText({ namespace, name }: ObjectIdentity): string {
  return `Service ${namespace}/${name}`;
}

function claimText({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `IPClaim ${namespace}/${name}`;
}
