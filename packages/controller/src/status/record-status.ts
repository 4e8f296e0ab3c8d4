import { type Allocation, type Draining, describeDraining, type SeenCondition } from "@fairlead/model";

/** A condition Draining of an IPAllocation that must be written. */
export interface RecordPlan {
  readonly name: string;
  readonly uid: string;
  readonly condition: SeenCondition;
}

/**
 * What to write about a record. One that never drained has no condition: thousands of ordinary ones cost no write.
 *
 * @param draining - why its address is; undefined if it is not.
 */
export function recordPlan(record: Allocation, draining: Draining | undefined): RecordPlan | undefined {
  const seen = record.draining;
  if (draining === undefined && seen?.status !== "True") return undefined;
  const condition: SeenCondition =
    draining === undefined
      ? { status: "False", reason: "InPool", message: "A pool gives the address out again" }
      : { status: "True", reason: draining.code, message: describeDraining(draining) };
  const same =
    seen?.status === condition.status && seen.reason === condition.reason && seen.message === condition.message;
  return same ? undefined : { name: record.name, uid: record.uid, condition };
}
