import { type Allocation, compareAge, isClaimFor, isServed, type Service } from "@fairlead/model";
import type { AllocationContext } from "../allocate/context.ts";
import { Ledger } from "../allocate/ledger.ts";
import { Settled } from "../view/settled.ts";
import { type Snapshot, workKey } from "../view/snapshot.ts";
import { adopt } from "./adopt.ts";
import { type ClaimPlan, planClaims } from "./claims.ts";
import { type KeepPlan, planKeeping, vacant } from "./keeping.ts";
import { nearestAnnotation, type UnknownAnnotation } from "./nearest-annotation.ts";
import { released, withFinalizer } from "./release.ts";
import { served } from "./served.ts";
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
  readonly service: Service;
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
  const keeping = planKeeping(snapshot);
  let { againInMillis } = keeping;
  let newcomers = 0;
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
    keeping: keeping.plans.filter(({ record }) => !ledger.isTakenAnew(record)),
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

function lacksAddress({ service }: ServicePlan): boolean {
  return service.ingress.length === 0;
}
