import { type EventNote, type Store, StoreError } from "@fairlead/kube";
import type { Log } from "@fairlead/runtime";
import type { KeepPlan } from "../plan/keeping.ts";
import type { PoolPlan } from "../status/pool-plan.ts";
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
