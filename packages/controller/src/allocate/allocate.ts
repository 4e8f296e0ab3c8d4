import type { Allocation, AllocationRefusal, Labels, Pool, PoolAttempt, ServiceIntent } from "@fairlead/model";
import { type Family, formatAddress, type IpAddress, parseAddress } from "@fairlead/net";
import { claimOf, type Ledger, poolOf } from "./ledger.ts";
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
 * @param held - the allocations of this Service.
 */
export function allocate(service: ServiceIntent, held: readonly Allocation[], context: AllocationContext): Assignment {
  const { request } = service;
  const wanted = held.filter((allocation) => service.families.includes(familyOf(allocation)));
  const keepAll = (refusal: AllocationRefusal): Assignment => ({ kept: wanted, claims: [], surplus: [], refusal });
  switch (request.kind) {
    case "malformed":
      return keepAll({ code: "InvalidRequest", source: request.source, value: request.value });
    case "addresses": {
      const asked = findRequested(service, request.addresses, wanted, context);
      if ("code" in asked) return keepAll(asked);
      const claims = asked.missing.map(({ address, pool }) => claim(service, address, pool, context));
      return { kept: asked.kept, claims, surplus: held.filter((allocation) => !asked.kept.includes(allocation)) };
    }
    case "pool": {
      const pool = context.pools.find(({ name }) => name === request.pool);
      if (pool === undefined) return keepAll({ code: "UnknownPool", pool: request.pool });
      if (!poolAllows(pool, service, context.namespaceLabels)) {
        return keepAll({ code: "NotAllowedForService", pools: [pool.name] });
      }
      const kept = wanted.filter((allocation) => allocation.pool === pool.name);
      return fill(service, held, kept, [pool], context);
    }
    case "any":
      return fill(service, held, wanted, poolsInOrder(context.pools, service, context.namespaceLabels), context);
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
  for (const family of service.families) {
    if (kept.some((allocation) => familyOf(allocation) === family)) continue;
    const pool = pools.find((candidate) => context.ledger.lowestFree(candidate, family) !== undefined);
    const address = pool && context.ledger.lowestFree(pool, family);
    if (pool !== undefined && address !== undefined) found.push({ address, pool });
    else missing.push(family);
  }
  const [firstMissing] = missing;
  if (firstMissing !== undefined) {
    const nothing = found.length === 0 && kept.length === 0;
    const refusal = refuse(service, firstMissing, pools, context, nothing);
    const atLeastOne = service.familyPolicy === "PreferDualStack" && !nothing;
    if (!atLeastOne) {
      return { kept: held.filter((a) => service.families.includes(familyOf(a))), claims: [], surplus: [], refusal };
    }
  }
  const claims = found.map(({ address, pool }) => claim(service, address, pool, context));
  return { kept, claims, surplus: held.filter((allocation) => !kept.includes(allocation)) };
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
  addresses: readonly IpAddress[],
  wanted: readonly Allocation[],
  { pools, namespaceLabels, ledger }: AllocationContext,
): Requested | AllocationRefusal {
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
    const own = wanted.find((allocation) => allocation.address === text);
    const holder = ledger.holder(text);
    const pool = poolOf(pools, address);
    if (own !== undefined) kept.push(own);
    else if (holder !== undefined) {
      return { code: "AddressTaken", address: text, by: `${holder.service.namespace}/${holder.service.name}` };
    } else if (pool === undefined || !poolAllows(pool, service, namespaceLabels)) {
      return { code: "AddressNotInPool", address: text };
    } else missing.push({ address, pool });
  }
  return { kept, missing };
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
