import type { Allocation, AllocationRefusal, Pool, Service } from "@fairlead/model";
import { type Family, formatAddress, type IpAddress } from "@fairlead/net";
import { type AllocationContext, reservedAt, type Seeker } from "./context.ts";
import { drainingOf } from "./draining.ts";
import { poolHas, poolOf } from "./in-pool.ts";
import { poolAllows, poolsInOrder } from "./pools.ts";
import { refuseFamily, refuseService } from "./refuse.ts";
import { type Found, findAddress } from "./search.ts";

/** What one Service holds after a decision. */
export interface Assignment {
  /** Held and kept. */
  readonly kept: readonly Allocation[];
  /** To be taken now: how each address stands then, this Service last among its holders. */
  readonly takes: readonly Allocation[];
  /** Held, and to be given up once the takes stand. */
  readonly surplus: readonly Allocation[];
  /** Why it has less than it asked for. */
  readonly refusal?: AllocationRefusal;
}

/**
 * Decides the addresses of one Service that Fairlead serves. What it holds it keeps, unless it has itself asked for
 * something else and that can be had; takes are recorded in the ledger.
 *
 * @param held - the allocations of this Service; after a crash there may be more than it asks for.
 */
export function allocate(service: Service, held: readonly Allocation[], context: AllocationContext): Assignment {
  const { request } = service;
  const staying = held.filter((allocation) => {
    // What a stranger had before anybody announced it, no client knows as this Service's.
    if (reservedAt(allocation.ip, context)?.isNew) return false;
    if (!service.reallocate) return true;
    const fits = context.ledger.conflict(service, allocation) === undefined;
    return fits && drainingOf(allocation, service, context) === undefined;
  });
  const keepAll = (refusal: AllocationRefusal) => assign(held, asMany(service, held), [], refusal);
  switch (request.kind) {
    case "malformed":
      return keepAll({ code: "InvalidRequest", source: request.source, must: request.must, value: request.value });
    case "conflicting":
      return keepAll({ code: "ConflictingRequest", annotation: request.annotation, field: request.field });
    case "addresses": {
      const asked = findRequested(service, request, held, context);
      if ("code" in asked) return keepAll(asked);
      const takes = asked.missing.map(({ address, pool }) => context.ledger.take(address, pool, service));
      return assign(held, asked.kept, takes);
    }
    case "pools": {
      const named = namedPools(request.pools, service, context);
      if ("code" in named) return keepAll(named);
      // Taken from them, or covered by them now; or reserved for it, wherever that is: it would be found again.
      const own = staying.filter((one) => {
        const isReserved = one.claim !== undefined && !context.ledger.isReserved(service, one);
        return isReserved || named.some((pool) => pool.name === one.pool || poolHas(pool, one.ip));
      });
      return fill(service, held, asMany(service, own), named, context);
    }
    case "any": {
      const pools = poolsInOrder(context.pools, service, context.namespaceLabels);
      return fill(service, held, asMany(service, staying), pools, context);
    }
  }
}

/** The pools of these names that `seeker` may use, in this order; or why there is none. */
export function namedPools(
  names: readonly string[],
  seeker: Seeker,
  { pools, namespaceLabels }: AllocationContext,
): Pool[] | AllocationRefusal {
  const known = names.flatMap((name) => pools.find((pool) => pool.name === name) ?? []);
  if (known.length === 0) return { code: "UnknownPool", pool: names.join(",") };
  const allowed = known.filter((pool) => poolAllows(pool, seeker, namespaceLabels));
  return allowed.length > 0 ? allowed : { code: "NotAllowedForService", pools: known.map(({ name }) => name) };
}

// As many addresses of each family as the Service asks for, from the first pool that has one. As it was when a family
// cannot be had at all, unless the Service takes what there is (PreferDualStack).
function fill(
  service: Service,
  held: readonly Allocation[],
  kept: readonly Allocation[],
  pools: readonly Pool[],
  context: AllocationContext,
): Assignment {
  const { ledger } = context;
  const lacking = service.families.flatMap((family) => {
    const missing = service.addressesPerFamily - kept.filter(({ ip }) => ip.family === family).length;
    return Array.from({ length: Math.max(0, missing) }, () => family);
  });
  const ordered = wholeFirst(pools, kept, new Set(lacking), context);
  const before = ledger.mark();
  const takes: Allocation[] = [];
  const missing: Family[] = [];
  for (const family of lacking) {
    const found = findAddress(service, family, ordered, context);
    if (found === undefined) missing.push(family);
    else takes.push(ledger.take(found.address, found.pool, service));
  }
  const [firstMissing] = missing;
  if (firstMissing === undefined) return assign(held, kept, takes);
  const had = [...kept, ...takes];
  const refusal = refuseFamily(service, firstMissing, had, pools, context);
  const wanting = service.families.some((family) => !had.some(({ ip }) => ip.family === family));
  if (wanting && (had.length === 0 || service.familyPolicy !== "PreferDualStack")) {
    ledger.rollback(before);
    return assign(held, asMany(service, held), [], refusal);
  }
  // What it holds of a family that it would rather have from elsewhere, it keeps until that can be had.
  const retained = asMany(service, held).filter((one) => !kept.includes(one) && missing.includes(one.ip.family));
  return assign(held, [...kept, ...retained], takes, refusal);
}

// Two families come from one pool where one has both, beside the address that is kept or else in the pools' order.
function wholeFirst(
  pools: readonly Pool[],
  kept: readonly Allocation[],
  lacking: ReadonlySet<Family>,
  { ledger }: AllocationContext,
): readonly Pool[] {
  const beside = new Set(kept.map(({ pool }) => pool));
  if (lacking.size < 2 && beside.size === 0) return pools;
  const hasAll = (pool: Pool) => [...lacking].every((family) => ledger.free.lowest(pool, family) !== undefined);
  const whole = pools.find((pool) => (beside.size === 0 || beside.has(pool.name)) && hasAll(pool));
  return whole === undefined ? pools : [whole, ...pools.filter((pool) => pool !== whole)];
}

function assign(
  held: readonly Allocation[],
  kept: readonly Allocation[],
  takes: readonly Allocation[],
  refusal?: AllocationRefusal,
): Assignment {
  const surplus = held.filter((allocation) => !kept.includes(allocation));
  return { kept, takes, surplus, ...(refusal !== undefined && { refusal }) };
}

// Of more than it asks for, those that clients may know already: they are in the status.
function asMany({ families, ingress, addressesPerFamily }: Service, held: readonly Allocation[]): Allocation[] {
  return families.flatMap((family) => {
    const own = held.filter(({ ip }) => ip.family === family);
    if (own.length <= addressesPerFamily) return own;
    const shown = own.filter(({ address }) => ingress.includes(address));
    return [...shown, ...own.filter((one) => !shown.includes(one))].slice(0, addressesPerFamily);
  });
}

/** Of the addresses asked for, those held already, and the pool that each of the others can be had from. */
interface Requested {
  readonly kept: readonly Allocation[];
  readonly missing: readonly Found[];
}

function findRequested(
  service: Service,
  { addresses, pools: asked }: { readonly addresses: readonly IpAddress[]; readonly pools?: readonly string[] },
  held: readonly Allocation[],
  context: AllocationContext,
): Requested | AllocationRefusal {
  const { pools } = context;
  if (asked !== undefined && !pools.some(({ name }) => asked.includes(name))) {
    return { code: "UnknownPool", pool: asked.join(",") };
  }
  const fits =
    addresses.every(({ family }) => service.families.includes(family)) &&
    (service.familyPolicy === "PreferDualStack" ||
      service.families.every((family) => addresses.some((address) => address.family === family)));
  if (!fits) {
    const value = addresses.map(formatAddress).join(",");
    const must = "be of each family of the Service";
    return { code: "InvalidRequest", source: "The request for addresses", must, value };
  }
  const kept: Allocation[] = [];
  const missing: Found[] = [];
  for (const address of addresses) {
    const own = held.find(({ ip }) => ip.family === address.family && ip.value === address.value);
    const pool = poolOf(pools, address);
    if (asked !== undefined && (pool === undefined || !asked.includes(pool.name))) {
      return { code: "AddressNotInPool", address: formatAddress(address), pool: asked.join(",") };
    }
    if (own !== undefined) {
      kept.push(own);
      continue;
    }
    const refusal = refuseService(service, address, pool, context);
    if (refusal !== undefined) return refusal;
    if (pool !== undefined) missing.push({ address, pool: pool.name });
  }
  return { kept, missing };
}
