import {
  type Allocation,
  type AllocationRefusal,
  type ClassFilter,
  isServed,
  type Labels,
  type Pool,
  type Problem,
  type ServiceIntent,
} from "@fairlead/model";
import { formatAddress, parseAddress } from "@fairlead/net";
import { type AllocationContext, allocate, sharingRefused } from "./allocate/allocate.ts";
import { drainingOf } from "./allocate/draining.ts";
import { claimOf, Ledger, poolOf } from "./allocate/ledger.ts";
import { acceptPools, compareText } from "./allocate/pools.ts";
import { nearestAnnotation, type UnknownAnnotation } from "./nearest-annotation.ts";
import { type RecordPlan, recordPlan } from "./status/record-status.ts";
import { allocated, NOT_SERVED, refused, type ServiceStatus, serviceStatus } from "./status/service-status.ts";

/** Everything that the controller's decision looks at. */
export interface Snapshot {
  readonly services: readonly ServiceIntent[];
  /** Services that could not be read: what they hold stays theirs. "namespace/name" of each. */
  readonly unreadable: ReadonlySet<string>;
  /** Names of IPAllocations that could not be read: what they claim is given to nobody. */
  readonly unreadableAllocations: readonly string[];
  readonly allocations: readonly Allocation[];
  readonly pools: readonly Pool[];
  readonly namespaceLabels: ReadonlyMap<string, Labels>;
  readonly classes: ClassFilter;
}

/** What is to be done for one Service, in this order: claim, write the status, give up. */
export interface ServicePlan {
  readonly service: ServiceIntent;
  readonly claims: readonly Allocation[];
  /** What to change in the status; undefined if nothing. */
  readonly status: ServiceStatus | undefined;
  readonly releases: readonly Allocation[];
  /** What to change in the status of its records. */
  readonly records: readonly RecordPlan[];
}

/** What the controller wants of the world. */
export interface Plan {
  /** Only Services for which something must be done. Those that already hold an address come first. */
  readonly services: readonly ServicePlan[];
  /** Allocations whose Service is gone. */
  readonly orphans: readonly Allocation[];
  readonly pools: readonly Pool[];
  readonly problems: readonly Problem[];
  /** Services that are served, with annotations that nobody understands. */
  readonly warnings: readonly AnnotationWarning[];
  readonly ledger: Ledger;
}

/** A Service and an annotation of ours that it has by a wrong key. */
export interface AnnotationWarning extends UnknownAnnotation {
  readonly service: ServiceIntent;
}

/**
 * What the controller does about a state: adopts every address that a status or an IPAllocation says is held, then
 * gives addresses to the Services that lack one, oldest first. Total and pure; the same state gives the same plan.
 */
export function decide(snapshot: Snapshot): Plan {
  const { pools, problems } = acceptPools(snapshot.pools);
  const ledger = new Ledger(snapshot.allocations, snapshot.unreadableAllocations, snapshot.services);
  const context: AllocationContext = { pools, namespaceLabels: snapshot.namespaceLabels, ledger };
  const held = Map.groupBy(snapshot.allocations, ({ service }) => service.uid);
  const services = [...snapshot.services].sort(byAge);
  const adopted = new Map<string, readonly Allocation[]>();
  for (const service of services) {
    if (isServed(service, snapshot.classes)) adopted.set(service.uid, adopt(service, pools, ledger));
  }
  const plans = services.map((service): ServicePlan => {
    const own = held.get(service.uid) ?? [];
    if (!isServed(service, snapshot.classes)) return released(service, own);
    return served(service, own, adopted.get(service.uid) ?? [], context);
  });
  return {
    services: plans.filter(isWork).sort((a, b) => Number(isNew(a)) - Number(isNew(b))),
    orphans: orphans(snapshot),
    pools,
    problems,
    warnings: services.flatMap((service) => {
      if (service.unknownAnnotations.length === 0 || !isServed(service, snapshot.classes)) return [];
      return service.unknownAnnotations.map((key) => ({ service, ...nearestAnnotation(key) }));
    }),
    ledger,
  };
}

// Addresses in the status that nobody has a record of: they become this Service's.
function adopt(service: ServiceIntent, pools: readonly Pool[], ledger: Ledger): Allocation[] {
  return service.ingress.flatMap((text) => {
    const address = parseAddress(text);
    const pool = poolOf(pools, address);
    if (pool === undefined || !(ledger.isFree(address) || ledger.canJoin(service, formatAddress(address)))) return [];
    const allocation = claimOf(address, pool.name, service);
    ledger.add(allocation);
    return [allocation];
  });
}

function served(
  service: ServiceIntent,
  recorded: readonly Allocation[],
  adopted: readonly Allocation[],
  context: AllocationContext,
): ServicePlan {
  const own = [...recorded, ...adopted];
  const foreign = own.length > 0 ? [] : foreignIngress(service, context.ledger);
  if (foreign.length > 0) {
    const refusal: AllocationRefusal = { code: "ForeignStatus", addresses: foreign };
    return {
      service,
      claims: [],
      status: serviceStatus(service, undefined, refused(service, refusal, [])),
      releases: [],
      records: [],
    };
  }
  const { kept, claims, surplus, ...outcome } = allocate(service, own, context);
  const refusal = outcome.refusal ?? clashOf(service, kept, context.ledger);
  const allocations = inFamilyOrder(service, [...kept, ...claims]);
  const ingress = allocations.map(({ address }) => address);
  const drains = new Map(
    kept.flatMap((allocation) => {
      const reason = drainingOf(allocation, service, context);
      return reason === undefined ? [] : [[allocation, reason] as const];
    }),
  );
  const verdict =
    refusal === undefined ? allocated(allocations, [...drains.values()]) : refused(service, refusal, allocations);
  return {
    service,
    claims: [...adopted.filter((allocation) => kept.includes(allocation)), ...claims],
    status: serviceStatus(service, ingress, verdict),
    // A surplus that was only adopted has no record to remove.
    releases: surplus.filter((allocation) => recorded.includes(allocation)),
    records: recorded
      .filter((allocation) => kept.includes(allocation))
      .flatMap((allocation) => recordPlan(allocation, drains.get(allocation)) ?? []),
  };
}

// Sharers whose keys, selectors or ports were changed: the address stays, and the one that came later is told.
function clashOf(service: ServiceIntent, kept: readonly Allocation[], ledger: Ledger): AllocationRefusal | undefined {
  for (const { address } of kept) {
    const clash = ledger.conflict(service, address);
    if (clash !== undefined) return sharingRefused(address, clash);
  }
  return undefined;
}

// Addresses that are in no pool and that no record calls ours: another controller's. Another Service's are not foreign:
// they go from this status.
function foreignIngress(service: ServiceIntent, ledger: Ledger): string[] {
  return [...service.ingress.filter((text) => ledger.holders(text).length === 0), ...service.otherIngress];
}

function released(service: ServiceIntent, own: readonly Allocation[]): ServicePlan {
  const addresses = new Set(own.map(({ address }) => address));
  const ours = service.ingress.some((text) => addresses.has(text));
  const ingress = ours ? service.ingress.filter((text) => !addresses.has(text)) : undefined;
  const spoken = own.length > 0 || service.allocated !== undefined;
  return {
    service,
    claims: [],
    status: spoken ? serviceStatus(service, ingress, NOT_SERVED) : undefined,
    releases: own,
    records: [],
  };
}

function orphans({ services, unreadable, allocations }: Snapshot): Allocation[] {
  const uids = new Set(services.map(({ uid }) => uid));
  return allocations.filter(({ service }) => {
    return !uids.has(service.uid) && !unreadable.has(`${service.namespace}/${service.name}`);
  });
}

function inFamilyOrder(service: ServiceIntent, allocations: readonly Allocation[]): Allocation[] {
  const order = ({ address }: Allocation) => service.families.indexOf(parseAddress(address).family);
  return [...allocations].sort((a, b) => order(a) - order(b));
}

function isWork({ claims, status, releases, records }: ServicePlan): boolean {
  return claims.length > 0 || releases.length > 0 || records.length > 0 || status !== undefined;
}

function isNew({ service }: ServicePlan): boolean {
  return service.ingress.length === 0;
}

function byAge(a: ServiceIntent, b: ServiceIntent): number {
  return compareText(a.created, b.created) || compareText(a.namespace, b.namespace) || compareText(a.name, b.name);
}
