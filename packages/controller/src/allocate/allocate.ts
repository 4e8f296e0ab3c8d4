import type { Allocation, AllocationRefusal, Labels, Pool, PoolAttempt, ServiceIntent } from "@fairlead/model";
import { type Family, formatAddress, type IpAddress, parseAddress } from "@fairlead/net";
import { drainingOf } from "./draining.ts";
import { type AddressConflict, claimOf, type Ledger, poolHas, poolOf } from "./ledger.ts";
import { poolAllows, poolsInOrder } from "./pools.ts";

/** What an allocation may look at. */
export interface AllocationContext {
  readonly pools: readonly Pool[];
  readonly namespaceLabels: ReadonlyMap<string, Labels>;
  readonly ledger: Ledger;
}

/** What one Service holds after a decision. */
export interface Assignment {
  /** Held and kept, one for each family at most. */
  readonly kept: readonly Allocation[];
  /** To be claimed now. */
  readonly claims: readonly Allocation[];
  /** Held, and to be given up once the claims stand. */
  readonly surplus: readonly Allocation[];
  /** Why it has less than it asked for. */
  readonly refusal?: AllocationRefusal;
}

/**
 * Decides the addresses of one Service that Fairlead serves. What it holds it keeps, unless it has itself asked for
 * something else and that can be had; claims are recorded in the ledger.
 *
 * @param held - the allocations of this Service; after a crash there may be several of one family.
 */
export function allocate(service: ServiceIntent, held: readonly Allocation[], context: AllocationContext): Assignment {
  const { request } = service;
  const staying = service.reallocate
    ? held.filter((allocation) => {
        const fits = context.ledger.conflict(service, allocation.address) === undefined;
        return fits && drainingOf(allocation, service, context) === undefined;
      })
    : held;
  const keepAll = (refusal: AllocationRefusal) => assign(held, onePerFamily(service, held), [], refusal);
  switch (request.kind) {
    case "malformed":
      return keepAll({ code: "InvalidRequest", source: request.source, value: request.value });
    case "conflicting":
      return keepAll({ code: "ConflictingRequest", annotation: request.annotation, field: request.field });
    case "addresses": {
      const asked = findRequested(service, request, held, context);
      if ("code" in asked) return keepAll(asked);
      const claims = asked.missing.map(({ address, pool }) => claim(service, address, pool, context));
      return assign(held, asked.kept, claims);
    }
    case "pool": {
      const pool = context.pools.find(({ name }) => name === request.pool);
      if (pool === undefined) return keepAll({ code: "UnknownPool", pool: request.pool });
      if (!poolAllows(pool, service, context.namespaceLabels)) {
        return keepAll({ code: "NotAllowedForService", pools: [pool.name] });
      }
      // Taken from it, or covered by it now.
      const own = staying.filter((a) => a.pool === pool.name || poolHas(pool, parseAddress(a.address)));
      return fill(service, held, onePerFamily(service, own), [pool], context);
    }
    case "any": {
      const pools = poolsInOrder(context.pools, service, context.namespaceLabels);
      return fill(service, held, onePerFamily(service, staying), pools, context);
    }
  }
}

// One address for each family that has none: from the first pool that has one. Kept as it was when not all can be had,
// unless the Service takes what there is (PreferDualStack).
function fill(
  service: ServiceIntent,
  held: readonly Allocation[],
  kept: readonly Allocation[],
  pools: readonly Pool[],
  context: AllocationContext,
): Assignment {
  const found: { address: IpAddress; pool: Pool }[] = [];
  const missing: Family[] = [];
  const lacking = service.families.filter((family) => !kept.some((allocation) => familyOf(allocation) === family));
  const ordered = wholeFirst(pools, kept, lacking, context.ledger);
  for (const family of lacking) {
    const { ledger } = context;
    const shared = ordered.find((candidate) => ledger.lowestShareable(service, candidate, family) !== undefined);
    const pool = shared ?? ordered.find((candidate) => ledger.lowestFree(candidate, family) !== undefined);
    const address =
      (shared && ledger.lowestShareable(service, shared, family)) ?? (pool && ledger.lowestFree(pool, family));
    if (pool !== undefined && address !== undefined) found.push({ address, pool });
    else missing.push(family);
  }
  const [firstMissing] = missing;
  const nothing = found.length === 0 && kept.length === 0;
  const refusal = firstMissing === undefined ? undefined : refuse(service, firstMissing, pools, context, nothing);
  if (refusal !== undefined && (nothing || service.familyPolicy !== "PreferDualStack")) {
    return assign(held, onePerFamily(service, held), [], refusal);
  }
  const claims = found.map(({ address, pool }) => claim(service, address, pool, context));
  // What it holds of a family that it would rather have from elsewhere, it keeps until that can be had.
  const retained = onePerFamily(service, held).filter((allocation) => missing.includes(familyOf(allocation)));
  return assign(held, [...kept, ...retained], claims, refusal);
}

// Two families come from one pool where one has both, beside the address that is kept or else in the pools' order.
function wholeFirst(
  pools: readonly Pool[],
  kept: readonly Allocation[],
  lacking: readonly Family[],
  ledger: Ledger,
): readonly Pool[] {
  const beside = new Set(kept.map(({ pool }) => pool));
  if (lacking.length < 2 && beside.size === 0) return pools;
  const hasAll = (pool: Pool) => lacking.every((family) => ledger.lowestFree(pool, family) !== undefined);
  const whole = pools.find((pool) => (beside.size === 0 || beside.has(pool.name)) && hasAll(pool));
  return whole === undefined ? pools : [whole, ...pools.filter((pool) => pool !== whole)];
}

function assign(
  held: readonly Allocation[],
  kept: readonly Allocation[],
  claims: readonly Allocation[],
  refusal?: AllocationRefusal,
): Assignment {
  const surplus = held.filter((allocation) => !kept.includes(allocation));
  return { kept, claims, surplus, ...(refusal !== undefined && { refusal }) };
}

// Of several of one family, the one that clients may know already: it is in the status.
function onePerFamily({ families, ingress }: ServiceIntent, held: readonly Allocation[]): Allocation[] {
  return families.flatMap((family) => {
    const own = held.filter((allocation) => familyOf(allocation) === family);
    return own.find(({ address }) => ingress.includes(address)) ?? own[0] ?? [];
  });
}

function claim(service: ServiceIntent, address: IpAddress, pool: Pool, { ledger }: AllocationContext): Allocation {
  const allocation = claimOf(address, pool.name, service);
  ledger.add(allocation);
  return allocation;
}

/** Of the addresses asked for, those held already, and the pool that each of the others can be had from. */
interface Requested {
  readonly kept: readonly Allocation[];
  readonly missing: readonly { readonly address: IpAddress; readonly pool: Pool }[];
}

function findRequested(
  service: ServiceIntent,
  { addresses, pool: asked }: { readonly addresses: readonly IpAddress[]; readonly pool?: string },
  held: readonly Allocation[],
  { pools, namespaceLabels, ledger }: AllocationContext,
): Requested | AllocationRefusal {
  if (asked !== undefined && !pools.some(({ name }) => name === asked)) return { code: "UnknownPool", pool: asked };
  const fits =
    addresses.every(({ family }) => service.families.includes(family)) &&
    (service.familyPolicy === "PreferDualStack" || addresses.length === service.families.length);
  if (!fits) {
    const value = addresses.map(formatAddress).join(",");
    return { code: "InvalidRequest", source: "The request for addresses", value };
  }
  const kept: Allocation[] = [];
  const missing: { address: IpAddress; pool: Pool }[] = [];
  for (const address of addresses) {
    const text = formatAddress(address);
    const own = held.find((allocation) => allocation.address === text);
    const [holder] = ledger.holders(text);
    const clash = ledger.conflict(service, text);
    const pool = poolOf(pools, address);
    if (asked !== undefined && pool?.name !== asked) return { code: "AddressNotInPool", address: text, pool: asked };
    if (own !== undefined) kept.push(own);
    else if (clash !== undefined && service.sharingKey !== "") return sharingRefused(text, clash);
    else if (clash !== undefined && holder !== undefined) {
      return { code: "AddressTaken", address: text, by: `Service ${holder.service.namespace}/${holder.service.name}` };
    } else if (holder === undefined && !ledger.isFree(address)) {
      return { code: "AddressTaken", address: text, by: "an IPAllocation that cannot be read" };
    } else if (pool === undefined || !poolAllows(pool, service, namespaceLabels)) {
      return { code: "AddressNotInPool", address: text };
    } else missing.push({ address, pool });
  }
  return { kept, missing };
}

/** The refusal of an address that others have already. */
export function sharingRefused(address: string, { holder, conflict }: AddressConflict): AllocationRefusal {
  return { code: "SharingRefused", address, with: `${holder.namespace}/${holder.name}`, conflict };
}

function refuse(
  service: ServiceIntent,
  family: Family,
  usable: readonly Pool[],
  { pools, namespaceLabels }: AllocationContext,
  nothing: boolean,
): AllocationRefusal {
  if (pools.length === 0) return { code: "NoPool" };
  if (usable.length === 0) return { code: "NotAllowedForService", pools: pools.map(({ name }) => name) };
  const attempts = pools.map((pool) => attempt(pool, service, family, usable, namespaceLabels));
  const full = attempts.some(({ why }) => why === "full");
  return nothing && full ? { code: "PoolFull", pools: attempts } : { code: "FamilyMissing", family, pools: attempts };
}

function attempt(
  pool: Pool,
  service: ServiceIntent,
  family: Family,
  usable: readonly Pool[],
  namespaceLabels: ReadonlyMap<string, Labels>,
): PoolAttempt {
  if (!poolAllows(pool, service, namespaceLabels)) return { pool: pool.name, why: "not for this Service" };
  if (!usable.includes(pool)) return { pool: pool.name, why: "only on request" };
  const hasFamily = pool.usable.some((range) => range.family === family);
  return { pool: pool.name, why: hasFamily ? "full" : "no address of this family" };
}

function familyOf({ address }: Allocation): Family {
  return parseAddress(address).family;
}
