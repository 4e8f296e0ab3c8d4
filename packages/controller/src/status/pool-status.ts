import type { Condition } from "@fairlead/kube";
import { describeProblems, type Pool, type Problem } from "@fairlead/model";
import { countAddresses, type Family } from "@fairlead/net";
import type { AllocationIndex } from "../allocate/allocation-index.ts";
import { countBuggy } from "../allocate/buggy.ts";

/** Counts of one family in the status of an IPAddressPool; each at most Number.MAX_SAFE_INTEGER. */
export type PoolCounts = Readonly<Record<`${"total" | "usable" | "assigned" | "available"}IPv${Family}`, number>>;

/** The counts of a pool: all its addresses, those that may be given out, those held, those free. */
export function poolCounts(pool: Pool, index: AllocationIndex): PoolCounts {
  return { ...familyCounts(pool, 4, index), ...familyCounts(pool, 6, index) } as PoolCounts;
}

/** The condition Accepted of an object of Fairlead's API. */
export function accepted(
  problems: readonly Problem[],
  message: string,
): Pick<Condition, "status" | "reason" | "message"> {
  const [first] = problems;
  if (first === undefined) return { status: "True", reason: "Accepted", message };
  return { status: "False", reason: first.reason, message: describeProblems(problems) };
}

/**
 * The conditions as they should stand, with lastTransitionTime kept where the status did not change.
 *
 * @param now - time of a change, RFC 3339.
 */
export function withTransition(
  held: readonly Condition[],
  wanted: readonly Omit<Condition, "lastTransitionTime">[],
  now: string,
): Condition[] {
  return wanted.map((condition) => {
    const before = held.find(({ type }) => type === condition.type);
    const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : now;
    return { ...condition, lastTransitionTime };
  });
}

function familyCounts(pool: Pool, family: Family, index: AllocationIndex): Record<string, number> {
  const ranges = pool.usable.filter((range) => range.family === family);
  const usable = countAddresses(ranges) - (pool.avoidBuggyIPs ? countBuggy(ranges) : 0n);
  const assigned = index.countHeld(pool, family);
  return {
    [`totalIPv${family}`]: toSafe(countAddresses(pool.total.filter((range) => range.family === family))),
    [`usableIPv${family}`]: toSafe(usable),
    [`assignedIPv${family}`]: toSafe(assigned),
    [`availableIPv${family}`]: toSafe(usable - assigned),
  };
}

function toSafe(count: bigint): number {
  return count > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(count);
}
