import type { Allocation, Service } from "@fairlead/model";
import type { RecordPlan } from "../status/record-status.ts";
import type { ServiceStatus } from "../status/service-status.ts";

/** What is to be done for one Service, in this order: take, write the status, give up. */
export interface ServicePlan {
  readonly service: Service;
  /** How each address stands once it is taken, this Service among its holders. */
  readonly takes: readonly Allocation[];
  /** What to change in the status; undefined if nothing. */
  readonly status: ServiceStatus | undefined;
  readonly releases: readonly ReleasePlan[];
  /** What to change in the status of its records. */
  readonly records: readonly RecordPlan[];
  /** Whether our finalizer is to be put, together with the status, or taken away, last of all. */
  readonly finalizer?: "put" | "remove";
  /** Nodes that still say that they answer for what is given up: the time for it is over. */
  readonly overdue?: readonly string[];
}

/** An address that a Service gives up. */
export interface ReleasePlan {
  readonly record: Allocation;
  /** Whether it is to cool down, rather than to be free at once. */
  readonly coolDown: boolean;
}

/** What a decision found out about a Service beside what is to be done: whether all of it can be decided anew by itself. */
export interface Verdict extends ServicePlan {
  /** Nothing but a change of the Service, of its records or of the surroundings can change the plan. */
  readonly final: boolean;
}

/** Whether anything is to be done. */
export function isWork({ takes, status, releases, records, finalizer }: ServicePlan): boolean {
  const writes = status !== undefined || finalizer !== undefined;
  return writes || takes.length > 0 || releases.length > 0 || records.length > 0;
}
