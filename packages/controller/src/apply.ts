import { ALLOCATED, DRAINING, type EventNote, type StatusPatch, type Store, StoreError } from "@fairlead/kube";
import type { Allocation, ObjectRef } from "@fairlead/model";
import type { Log } from "@fairlead/runtime";
import { Claims } from "./claims.ts";
import type { Plan, ServicePlan } from "./decide.ts";
import { allocations, refusals } from "./metrics.ts";
import type { PoolPlan } from "./status/pool-plan.ts";
import type { RecordPlan } from "./status/record-status.ts";
import type { ServiceStatus } from "./status/service-status.ts";

/** Services worked on in one go: a newcomer among thousands waits for no more than this many others. */
const BATCH = 256;

/** What applying a plan needs. */
export interface ApplyContext {
  readonly store: Store;
  readonly log: Log;
  /** RFC 3339. */
  readonly now: string;
  /** The resourceVersion that each Service, by uid, was decided on. */
  readonly versions: ReadonlyMap<string, string>;
  /** Records an Event, soon; never fails. */
  readonly note: (event: EventNote) => void;
}

interface ApplyWork extends ApplyContext {
  readonly claims: Claims;
}

/** What became of a plan. */
export interface Outcome {
  /** Whether some of the plan was left for the next run. */
  readonly incomplete: boolean;
  readonly failures: readonly Error[];
}

/** Does what a plan says. One failure stops nothing but its own Service; doing it again does no harm. */
export async function apply(plan: Plan, pools: readonly PoolPlan[], options: ApplyContext): Promise<Outcome> {
  const context: ApplyWork = { ...options, claims: new Claims(options.store, plan.ledger) };
  const batch = plan.services.slice(0, BATCH);
  const work = [
    ...batch.map((service) => applyService(service, context)),
    ...plan.orphans.map((allocation) => releaseOrphan(allocation, context)),
    ...pools.map((pool) => applyPool(pool, context)),
  ];
  const failures = (await Promise.allSettled(work)).flatMap((result) => {
    return result.status === "rejected" && !isOvertaken(result.reason) ? [result.reason as Error] : [];
  });
  return { incomplete: batch.length < plan.services.length, failures };
}

// Only what was decided on the latest version is written: a replica that is late, or no longer leads, changes nothing.
// Order matters: an address is recorded before anyone may see it in a status, and gone from the status before it is free.
async function applyService(
  { service, claims, status, releases, records }: ServicePlan,
  context: ApplyWork,
): Promise<void> {
  await Promise.all(claims.map((claim) => context.claims.claim(claim)));
  allocations.inc(claims.length);
  const ref: ObjectRef = { kind: "Service", namespace: service.namespace, name: service.name };
  if (status !== undefined) {
    const patch = servicePatch(status, context.now);
    await context.store.patchStatus(ref, service.uid, patch, context.versions.get(service.uid));
    report(ref, service.uid, status, context);
  } else if (releases.length > 0) await expectUnchanged(ref, service.uid, context);
  await Promise.all(releases.map((allocation) => release(allocation, context)));
  await Promise.all(records.map((record) => markRecord(record, context)));
}

async function markRecord({ name, uid, condition }: RecordPlan, { store, log, now }: ApplyContext): Promise<void> {
  const conditions = [{ type: DRAINING, ...condition, lastTransitionTime: now }];
  await store.patchStatus({ kind: "IPAllocation", name }, uid, { conditions });
  const fields = { allocation: name, reason: condition.reason, why: condition.message };
  log.info(fields, condition.status === "True" ? "address draining" : "address no longer draining");
}

async function expectUnchanged(ref: ObjectRef, uid: string, { store, versions }: ApplyContext): Promise<void> {
  const held = await store.get(ref);
  if (held?.metadata.uid === uid && held.metadata.resourceVersion === versions.get(uid)) return;
  throw new StoreError("Conflict", `Cannot free addresses of ${ref.namespace}/${ref.name}: it was changed meanwhile`);
}

function report(ref: ObjectRef, uid: string, { ingress, condition }: ServiceStatus, { log, note }: ApplyContext): void {
  const service = `${ref.namespace}/${ref.name}`;
  if (condition === undefined) {
    log.info({ service, addresses: ingress }, "status corrected");
    return;
  }
  const { reason, message } = condition;
  const bad = condition.status === "False" && reason !== "NotServed";
  if (bad) refusals.inc({ reason });
  const fields = { service, reason, addresses: ingress, why: message };
  if (bad) log.warn(fields, "address refused");
  else log.info(fields, reason === "NotServed" ? "address freed" : "address allocated");
  note({ object: ref, uid, type: bad ? "Warning" : "Normal", reason, message });
}

// Each kind has a watch of its own: a record can be known before the Service that it is for. Its address must not go to
// another then, so the store itself is asked.
async function releaseOrphan(allocation: Allocation, context: ApplyWork): Promise<void> {
  const { namespace, name, uid } = allocation.service;
  const service = await context.store.get({ kind: "Service", namespace, name });
  if (service?.metadata.uid !== uid) await release(allocation, context);
}

async function release(allocation: Allocation, { claims, log }: ApplyWork): Promise<void> {
  await claims.release(allocation);
  const { namespace, name } = allocation.service;
  log.info(
    { service: `${namespace}/${name}`, address: allocation.address, pool: allocation.pool },
    "address free again",
  );
}

async function applyPool({ ref, uid, patch, condition }: PoolPlan, { store, log, note }: ApplyContext): Promise<void> {
  await store.patchStatus(ref, uid, patch);
  if (condition === undefined) return;
  const { status, reason, message } = condition;
  const fields = { object: `${ref.kind}/${ref.name}`, reason, why: message };
  if (status === "False") log.warn(fields, "not accepted");
  else log.info(fields, "accepted");
  note({ object: ref, uid, type: status === "False" ? "Warning" : "Normal", reason, message });
}

function servicePatch({ ingress, condition }: ServiceStatus, now: string): StatusPatch {
  return {
    // ipMode VIP: the address is not of any node, and packets arrive with it as their destination.
    ...(ingress !== undefined && {
      loadBalancer: { ingress: ingress.length === 0 ? null : ingress.map((ip) => ({ ip, ipMode: "VIP" })) },
    }),
    ...(condition !== undefined && { conditions: [{ type: ALLOCATED, ...condition, lastTransitionTime: now }] }),
  };
}

// The object went away, or the address was taken by another controller, since the decision: the next one knows.
function isOvertaken(error: unknown): boolean {
  return error instanceof StoreError && ["NotFound", "Conflict", "AlreadyExists"].includes(error.reason);
}
