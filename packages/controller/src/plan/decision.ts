import type { ObjectIdentity, ObjectRef, Problem } from "@fairlead/model";
import { formatTime } from "@fairlead/runtime";
import { countPools, type PoolPlan, poolPlans } from "../status/pool-plan.ts";
import type { PoolCounts } from "../status/pool-status.ts";
import type { Settled } from "../view/settled.ts";
import type { Snapshot } from "../view/snapshot.ts";
import type { View } from "../view/view.ts";
import { decide, type Plan } from "./decide.ts";

/** All that follows from the state of a cluster. */
export interface Decision {
  /** What was looked at. */
  readonly snapshot: Snapshot;
  readonly plan: Plan;
  /** The statuses of pools and advertisements to write. */
  readonly pools: readonly PoolPlan[];
  /** The counts of each accepted pool, by its name. */
  readonly counts: ReadonlyMap<string, PoolCounts>;
  /** What is wrong with objects. */
  readonly problems: readonly Problem[];
}

/**
 * Decides on a cluster as it is now.
 *
 * @param rest - what a view of the cluster does not know.
 * @param memory - what earlier decisions found; see {@link decide}.
 * @param most - of the Services without an address, so many plans at most.
 */
export function decideOn(
  view: View,
  rest: Pick<Snapshot, "classes" | "finalizer" | "pending" | "wars" | "now">,
  memory: Settled,
  most: number,
): Decision {
  const snapshot = view.snapshot(rest);
  const plan = decide(snapshot, memory, most);
  const problems = view.problems();
  const counts = countPools(snapshot);
  const pools = poolPlans(view.cache, counts, problems, formatTime(rest.now));
  return { snapshot, plan, pools, counts, problems };
}

/** The objects about which there is something to do. */
export function affected({ plan, pools }: Pick<Decision, "plan" | "pools">): ObjectRef[] {
  return [
    ...plan.services.map(({ service }): ObjectRef => ({ kind: "Service", ...nameOf(service) })),
    ...plan.claims.map(({ claim }): ObjectRef => ({ kind: "IPClaim", ...nameOf(claim) })),
    ...plan.keeping.map(({ record }): ObjectRef => ({ kind: "IPAllocation", name: record.name })),
    ...pools.map(({ ref }) => ref),
  ];
}

function nameOf({ namespace, name }: Pick<ObjectIdentity, "namespace" | "name">) {
  return { namespace, name };
}
