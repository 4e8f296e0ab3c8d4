import { ALLOCATED, DRAINING, type StatusPatch, StoreError } from "@fairlead/kube";
import { CLEANUP_FINALIZER, type ObjectRef } from "@fairlead/model";
import { allocations, refusals } from "../metrics.ts";
import type { ServicePlan } from "../plan/service-plan.ts";
import type { RecordPlan } from "../status/record-status.ts";
import type { ServiceStatus } from "../status/service-status.ts";
import type { ApplyContext } from "./apply.ts";

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
