import {
  type Allocation,
  type AllocationRefusal,
  compareAge,
  isClaimFor,
  isServed,
  type Pool,
  type ServiceIntent,
  wroteStatus,
} from "@fairlead/model";
import { parseAddress, rangeContains } from "@fairlead/net";
import { allocate } from "../allocate/allocate.ts";
import type { AllocationContext } from "../allocate/context.ts";
import { cools, drainingOf } from "../allocate/draining.ts";
import { Ledger, poolOf } from "../allocate/ledger.ts";
import { sharingRefused } from "../allocate/refuse.ts";
import { recordPlan } from "../status/record-status.ts";
import { allocated, refused, serviceStatus } from "../status/service-status.ts";
import { Settled } from "../view/settled.ts";
import { type Snapshot, workKey } from "../view/snapshot.ts";
import { type ClaimPlan, planClaims } from "./claims.ts";
import { type KeepPlan, planKeeping, vacant } from "./keeping.ts";
import { nearestAnnotation, type UnknownAnnotation } from "./nearest-annotation.ts";
import { released, withFinalizer } from "./release.ts";
import { isWork, type ServicePlan, type Verdict } from "./service-plan.ts";

/** What the controller wants of the world. */
export interface Plan {
  /** Only Services for which something must be done. Those that already hold an address come first. */
  readonly services: readonly ServicePlan[];
  readonly claims: readonly ClaimPlan[];
  /** What is to be done about records beside: their Service or IPClaim is gone, or they have cooled down. */
  readonly keeping: readonly KeepPlan[];
  /** Milliseconds until there may be more to do though nothing has changed; undefined if nothing waits. */
  readonly againInMillis: number | undefined;
  /** Services that are served, with annotations that nobody understands. */
  readonly warnings: readonly AnnotationWarning[];
}

/** A Service and an annotation of ours that it has by a wrong key. */
export interface AnnotationWarning extends UnknownAnnotation {
  readonly service: ServiceIntent;
}

/**
 * What the controller does about a state: adopts every address that a status or an IPAllocation says is held, keeps what
 * IPClaims reserve, then gives addresses to the Services that lack one, oldest first. Total; the same state gives the
 * same plan, with whatever is remembered of earlier ones.
 *
 * @param most - of the Services without an address, so many plans at most: what cannot be begun need not be planned.
 */
export function decide(snapshot: Snapshot, memory = new Settled(), most = Number.POSITIVE_INFINITY): Plan {
  const { services, index, surroundings, pending, classes } = snapshot;
  const settled = memory.within(surroundings);
  const open = services
    .filter((service) => !settled.has(service, index.ofService(service.uid)))
    .filter(({ uid }) => !pending.keys.has(workKey("Service", uid)))
    .sort(compareAge);
  const ledger = new Ledger(index, snapshot);
  for (const record of vacant(snapshot)) ledger.vacate(record);
  for (const allocation of pending.takes) ledger.put(merged(allocation, ledger.at(allocation.ip)));
  const context: AllocationContext = { ...surroundings, ledger };
  const adopted = new Map<string, readonly Allocation[]>();
  for (const service of open) {
    if (isServed(service, classes)) adopted.set(service.uid, adopt(service, context));
  }
  const claims = planClaims(snapshot, context);
  const awaited = [
    ...claims.filter(({ takes }) => takes.length > 0).map(({ claim }) => claim),
    ...snapshot.claims.filter(({ uid }) => pending.keys.has(workKey("IPClaim", uid))),
  ];
  let newcomers = 0;
  let againInMillis: number | undefined;
  const plans = open.flatMap((service): ServicePlan[] => {
    const own = index.ofService(service.uid);
    const isNew = own.length === 0 && service.ingress.length === 0;
    if (isNew && newcomers >= most) return [];
    if (!isServed(service, classes)) {
      const { waitMillis, ...verdict } = released(service, own, snapshot);
      if (waitMillis > 0) againInMillis = Math.min(waitMillis, againInMillis ?? waitMillis);
      return remember(settled, own, verdict);
    }
    // What is being reserved for it is there in the next decision.
    if (own.length === 0 && awaited.some((claim) => isClaimFor(claim, service))) return [];
    const verdict = served(service, own, adopted.get(service.uid) ?? [], context, snapshot.wars);
    const plan = withFinalizer(verdict, own, snapshot.finalizer);
    if (isNew && isWork(plan)) newcomers += 1;
    return remember(settled, own, plan);
  });
  return {
    services: plans.sort((a, b) => Number(lacksAddress(a)) - Number(lacksAddress(b))),
    claims,
    againInMillis,
    keeping: planKeeping(snapshot).filter(({ record }) => !ledger.isTakenAnew(record)),
    warnings: services.flatMap((service) => {
      if (service.unknownAnnotations.length === 0 || !isServed(service, classes)) return [];
      return service.unknownAnnotations.map((key) => ({ service, ...nearestAnnotation(key) }));
    }),
  };
}

function remember(settled: Settled, own: readonly Allocation[], { final, ...plan }: Verdict): ServicePlan[] {
  if (isWork(plan)) return [plan];
  if (final) settled.add(plan.service, own);
  return [];
}

// A take that is under way, on top of what is known of its record by now.
function merged(taking: Allocation, known: Allocation | undefined): Allocation {
  if (known === undefined) return taking;
  const others = taking.holders.filter(({ uid }) => !known.holders.some((holder) => holder.uid === uid));
  const { released: _, ...rest } = known;
  return {
    ...rest,
    holders: [...known.holders, ...others],
    ...(taking.claim !== undefined && { claim: taking.claim }),
  };
}

// Addresses in the status that there is no record of: they become this Service's.
function adopt(service: ServiceIntent, { pools, ledger }: AllocationContext): Allocation[] {
  const found = service.ingress.flatMap((text) => {
    const address = parseAddress(text);
    const standing = ledger.at(address);
    const pool = poolOf(pools, address) ?? (wroteStatus(service) ? poolAround(pools, address) : undefined);
    const free = standing === undefined ? ledger.isFree(address) : isFor(service, standing, ledger);
    if (pool === undefined || !free) return [];
    return [ledger.take(address, pool.name, service)];
  });
  // A host name beside it is another controller's work, and so is the address then: nobody gets it, nobody records it.
  return service.otherIngress.length > 0 && !wroteStatus(service) ? [] : found;
}

function isFor(service: ServiceIntent, standing: Allocation, ledger: Ledger): boolean {
  if (standing.holders.length > 0) return ledger.canJoin(service, standing);
  return !ledger.isReserved(service, standing);
}

// Of an address that the pool does not give out any more.
function poolAround(pools: readonly Pool[], address: ReturnType<typeof parseAddress>): Pool | undefined {
  return pools.find(({ total }) => total.some((range) => rangeContains(range, address)));
}

function served(
  service: ServiceIntent,
  recorded: readonly Allocation[],
  adopted: readonly Allocation[],
  context: AllocationContext,
  wars: ReadonlyMap<string, string>,
): Verdict {
  const own = [...recorded, ...adopted];
  const alone = own.length > 0 ? undefined : unrecorded(service, context.ledger);
  if (alone !== undefined) return alone;
  const { kept, takes, surplus, ...outcome } = allocate(service, own, context);
  const refusal = outcome.refusal ?? clashOf(service, kept, context.ledger);
  const allocations = inOrder(service, [...kept, ...takes]);
  const ingress = allocations.map(({ address }) => address);
  const drains = new Map(
    inOrder(service, kept).flatMap((allocation) => {
      const reason = drainingOf(allocation, service, context);
      return reason === undefined ? [] : [[allocation, reason] as const];
    }),
  );
  const manager = wars.get(service.uid);
  const verdict =
    manager !== undefined
      ? refused(service, { code: "WriteWar", manager }, allocations)
      : refusal === undefined
        ? allocated(allocations, [...drains.values()])
        : refused(service, refusal, allocations);
  return {
    service,
    takes: [...adopted.filter((allocation) => kept.includes(allocation)), ...takes],
    status: serviceStatus(service, manager === undefined ? ingress : undefined, verdict),
    // A surplus that was only adopted has no record to change.
    releases: surplus
      .filter((allocation) => recorded.includes(allocation))
      .map((record) => ({ record, coolDown: cools(record, context) })),
    records: recorded
      .filter((allocation) => kept.includes(allocation))
      .flatMap((allocation) => recordPlan(allocation, drains.get(allocation)) ?? []),
    final:
      refusal === undefined &&
      manager === undefined &&
      drains.size === 0 &&
      kept.every(({ holders }) => holders.length === 1),
  };
}

// A Service whose status has addresses, none of which is recorded or in a pool: another controller's, or ours whose pools
// are gone. Another Service's are not meant: they go from this status.
function unrecorded(service: ServiceIntent, ledger: Ledger): Verdict | undefined {
  const addresses = service.ingress.filter((text) => (ledger.at(parseAddress(text))?.holders ?? []).length === 0);
  const foreign = [...addresses, ...service.otherIngress];
  if (foreign.length === 0) return undefined;
  const nothing = { service, takes: [], releases: [], records: [], final: false };
  if (wroteStatus(service) && service.otherIngress.length === 0) {
    const drains = addresses.map((address) => ({ code: "NoPoolHasAddress", address }) as const);
    return { ...nothing, status: serviceStatus(service, undefined, allocated([], drains)) };
  }
  const manager = service.statusWriter;
  const refusal: AllocationRefusal = { code: "ForeignStatus", addresses: foreign, ...(manager && { manager }) };
  return { ...nothing, status: serviceStatus(service, undefined, refused(service, refusal, [])) };
}

// Sharers whose keys, selectors or ports were changed: the address stays, and the one that came later is told.
function clashOf(service: ServiceIntent, kept: readonly Allocation[], ledger: Ledger): AllocationRefusal | undefined {
  for (const allocation of kept) {
    const clash = ledger.conflict(service, allocation);
    if (clash !== undefined) return sharingRefused(allocation.address, clash);
  }
  return undefined;
}

// By family, then as they stand in the status: two controllers must not put them in turn as each has come to know them.
function inOrder({ families, ingress }: ServiceIntent, allocations: readonly Allocation[]): Allocation[] {
  const order = ({ ip }: Allocation) => families.indexOf(ip.family);
  const place = ({ address }: Allocation) => {
    const at = ingress.indexOf(address);
    return at < 0 ? ingress.length : at;
  };
  return [...allocations].sort((a, b) => order(a) - order(b) || place(a) - place(b));
}

function lacksAddress({ service }: ServicePlan): boolean {
  return service.ingress.length === 0;
}
