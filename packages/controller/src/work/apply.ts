import {
  ALLOCATED,
  DRAINING,
  type EventNote,
  RESERVED,
  type StatusPatch,
  type Store,
  StoreError,
} from "@fairlead/kube";
import { CLEANUP_FINALIZER, type ObjectRef } from "@fairlead/model";
import type { Log } from "@fairlead/runtime";
import { allocations, refusals } from "../metrics.ts";
import type { ClaimPlan } from "../plan/claims.ts";
import type { KeepPlan } from "../plan/keeping.ts";
import type { ServicePlan } from "../plan/service-plan.ts";
import type { PoolPlan } from "../status/pool-plan.ts";
import type { RecordPlan } from "../status/record-status.ts";
import type { ServiceStatus } from "../status/service-status.ts";
import type { Records } from "./records.ts";

/** What doing a piece of a plan needs. Each piece can be done again, after any failure. */
export interface ApplyContext {
  readonly store: Store;
  readonly records: Records;
  readonly log: Log;
  /** The time, RFC 3339. */
  readonly now: () => string;
  /** Records an Event, soon; never fails. */
  readonly note: (event: EventNote) => void;
}

/**
 * Does what a plan says of a Service. Only what was decided on the latest version is written: a replica that is late, or
 * no longer leads, changes nothing. Order matters: an address is recorded before anyone may see it in a status, and gone
 * from the status before it is free.
 *
 * @param version - resourceVersion of the Service that the plan was made on.
 * @throws StoreError
 */
export async function applyService(
  { service, takes, status, releases, records, finalizer, overdue }: ServicePlan,
  version: string | undefined,
  context: ApplyContext,
): Promise<void> {
  const { namespace, name, uid } = service;
  const ref: ObjectRef = { kind: "Service", namespace, name };
  const identity = { namespace, name, uid };
  await Promise.all(takes.map((standing) => context.records.take(standing, identity)));
  allocations.inc(takes.length);
  // The last that holds a Service back goes when nothing is left to do for it.
  const isLast = finalizer === "remove";
  const write = async () => {
    const change = finalizer && { name: CLEANUP_FINALIZER, present: !isLast };
    const patch = status === undefined ? {} : servicePatch(status, context.now());
    await context.store.patchStatus(ref, uid, patch, version, change);
    if (status !== undefined) report(ref, uid, status, context);
    if (finalizer !== undefined) reportFinalizer(finalizer, ref, context);
  };
  if (!isLast && (status !== undefined || finalizer !== undefined)) await write();
  else if (releases.length > 0) await expectUnchanged(ref, uid, version, context);
  if (overdue !== undefined) {
    context.log.warn(
      { service: `${namespace}/${name}`, nodes: overdue },
      "address given up though nodes still say that they answer for it",
    );
  }
  await Promise.all(
    releases.map(async ({ record, coolDown }) => {
      await context.records.release(record, identity, coolDown ? context.now() : undefined);
      const fields = { service: `${namespace}/${name}`, address: record.address, pool: record.pool };
      context.log.info(fields, coolDown ? "address given up; it cools down" : "address free again");
    }),
  );
  await Promise.all(records.map((record) => markRecord(record, context)));
  if (isLast) await write();
}

/** Does what a plan says of an IPClaim. @throws StoreError */
export async function applyClaim({ claim, takes, status, releases }: ClaimPlan, context: ApplyContext): Promise<void> {
  const { namespace, name, uid } = claim;
  await Promise.all(takes.map((standing) => context.records.reserve(standing, { namespace, name, uid })));
  if (status !== undefined) await writeClaimStatus(claim, status, context);
  const nobody = { leave: [], coolDown: false, expired: false, sure: true };
  await Promise.all(
    releases.map((record) => context.records.keep({ ...nobody, record, unreserve: true }, context.now())),
  );
}

async function writeClaimStatus(
  { namespace, name, uid }: ClaimPlan["claim"],
  { addresses, condition }: NonNullable<ClaimPlan["status"]>,
  { store, log, note, now }: ApplyContext,
): Promise<void> {
  const ref: ObjectRef = { kind: "IPClaim", namespace, name };
  const conditions = [{ type: RESERVED, ...condition, lastTransitionTime: now() }];
  await store.patchStatus(ref, uid, { addresses, conditions });
  const { reason, message } = condition;
  const bad = condition.status === "False";
  const fields = { claim: `${namespace}/${name}`, reason, addresses, why: message };
  if (bad) log.warn(fields, "reservation refused");
  else log.info(fields, "addresses reserved");
  note({ object: ref, uid, type: bad ? "Warning" : "Normal", reason, message });
}

/**
 * Brings a record in order. Each kind has a watch of its own: a record can be known before the Service that it is for. Its
 * address must not go to another then, so the store itself is asked.
 *
 * @throws StoreError
 */
export async function applyKeeping(plan: KeepPlan, { store, records, log, now }: ApplyContext): Promise<void> {
  const { record } = plan;
  const gone = await Promise.all(
    plan.leave.map(async (holder) => {
      const held = plan.sure
        ? undefined
        : await store.get({ kind: "Service", namespace: holder.namespace, name: holder.name });
      return held?.metadata.uid === holder.uid ? [] : [holder];
    }),
  );
  const leave = gone.flat();
  const { claim } = record;
  const claimed = claim && (await store.get({ kind: "IPClaim", namespace: claim.namespace, name: claim.name }));
  const unreserve = plan.unreserve && claimed?.metadata.uid !== claim?.uid;
  if (leave.length === 0 && !unreserve && !plan.expired) return;
  await records.keep({ ...plan, leave, unreserve }, now());
  const fields = { address: record.address, pool: record.pool };
  for (const { namespace, name } of leave) {
    log.info({ service: `${namespace}/${name}`, ...fields }, plan.coolDown ? "address given up" : "address free again");
  }
  if (unreserve) log.info({ claim: `${claim?.namespace}/${claim?.name}`, ...fields }, "address no longer reserved");
  if (plan.expired) log.info(fields, "address has cooled down");
}

/** Writes the status of a pool or an advertisement. @throws StoreError */
export async function applyPool(
  { ref, uid, patch, condition }: PoolPlan,
  { store, log, note }: ApplyContext,
): Promise<void> {
  await store.patchStatus(ref, uid, patch);
  if (condition === undefined) return;
  const { status, reason, message } = condition;
  const fields = { object: `${ref.kind}/${ref.name}`, reason, why: message };
  if (status === "False") log.warn(fields, "not accepted");
  else log.info(fields, "accepted");
  note({ object: ref, uid, type: status === "False" ? "Warning" : "Normal", reason, message });
}

/** Whether an error says only that the plan was late: the object went away, or another was first. The next one knows. */
export function isOvertaken(error: unknown): boolean {
  return error instanceof StoreError && ["NotFound", "Conflict", "AlreadyExists"].includes(error.reason);
}

async function markRecord({ name, uid, condition }: RecordPlan, { store, log, now }: ApplyContext): Promise<void> {
  const conditions = [{ type: DRAINING, ...condition, lastTransitionTime: now() }];
  await store.patchStatus({ kind: "IPAllocation", name }, uid, { conditions });
  const fields = { allocation: name, reason: condition.reason, why: condition.message };
  log.info(fields, condition.status === "True" ? "address draining" : "address no longer draining");
}

async function expectUnchanged(
  ref: ObjectRef,
  uid: string,
  version: string | undefined,
  { store }: ApplyContext,
): Promise<void> {
  const held = await store.get(ref);
  if (held?.metadata.uid === uid && held.metadata.resourceVersion === version) return;
  throw new StoreError("Conflict", `Cannot free addresses of ${ref.namespace}/${ref.name}: it was changed meanwhile`);
}

/** What the log says of an end that was asked for. */
const ENDS: ReadonlyMap<string, string> = new Map([
  ["NotServed", "address freed"],
  ["Withdrawing", "address withdrawn"],
]);

function reportFinalizer(change: "put" | "remove", { namespace, name }: ObjectRef, { log }: ApplyContext): void {
  log.debug({ service: `${namespace}/${name}` }, change === "put" ? "finalizer put" : "finalizer removed");
}

function report(ref: ObjectRef, uid: string, { ingress, condition }: ServiceStatus, { log, note }: ApplyContext): void {
  const service = `${ref.namespace}/${ref.name}`;
  if (condition === undefined) {
    log.info({ service, addresses: ingress }, "status corrected");
    return;
  }
  const { reason, message } = condition;
  const end = ENDS.get(reason);
  const bad = condition.status === "False" && end === undefined;
  if (bad) refusals.inc({ reason });
  const fields = { service, reason, addresses: ingress, why: message };
  if (bad) log.warn(fields, "address refused");
  else log.info(fields, end ?? "address allocated");
  note({ object: ref, uid, type: bad ? "Warning" : "Normal", reason, message });
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
