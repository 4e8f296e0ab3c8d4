import {
  type CachedObject,
  type Condition,
  condition as conditionSchema,
  type ObjectCache,
  type StatusPatch,
} from "@fairlead/kube";
import { type ObjectRef, objectKey, type Problem } from "@fairlead/model";
import { z } from "zod";
import type { Snapshot } from "../view/snapshot.ts";
import { accepted, type PoolCounts, poolCounts, withTransition } from "./pool-status.ts";

/** A status of an IPAddressPool or an L2Advertisement that must be written. */
export interface PoolPlan {
  readonly ref: ObjectRef;
  readonly uid: string;
  readonly patch: StatusPatch;
  /** The condition Accepted, if it changed. */
  readonly condition: Condition | undefined;
}

const held = z.looseObject({ conditions: z.array(conditionSchema).default([]) }).catch({ conditions: [] });

/** The counts of each accepted pool, by its name. */
export function countPools({
  surroundings,
  index,
}: Pick<Snapshot, "surroundings" | "index">): ReadonlyMap<string, PoolCounts> {
  return new Map(surroundings.pools.map((pool) => [pool.name, poolCounts(pool, index)]));
}

/**
 * The statuses of pools and advertisements that are not what they should be.
 *
 * @param counts - of the pools that are accepted; see {@link countPools}.
 * @param problems - all that are known, of whatever object.
 * @param now - RFC 3339.
 */
export function poolPlans(
  cache: ObjectCache,
  counts: ReadonlyMap<string, PoolCounts>,
  problems: readonly Problem[],
  now: string,
): PoolPlan[] {
  const byObject = Map.groupBy(problems, ({ object }) => `${object.kind}/${objectKey(object)}`);
  const objects: CachedObject<unknown>[] = [
    ...cache.all("IPAddressPool").values(),
    ...cache.all("L2Advertisement").values(),
  ];
  return objects.flatMap((object) => {
    const { ref } = object;
    const own = byObject.get(`${ref.kind}/${objectKey(ref)}`) ?? [];
    const ofPool = ref.kind === "IPAddressPool" ? counts.get(ref.name) : undefined;
    const message =
      ref.kind === "IPAddressPool" ? "The addresses of the pool are given out" : "The advertisement is in use";
    return statusPlan(object, accepted(own, message), ofPool ?? {}, now) ?? [];
  });
}

function statusPlan(
  { ref, uid, generation, status }: CachedObject<unknown>,
  verdict: Pick<Condition, "status" | "reason" | "message">,
  counts: Readonly<Record<string, number>>,
  now: string,
): PoolPlan | undefined {
  const before = held.parse(status ?? {});
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const conditions = withTransition(before.conditions, [{ type: "Accepted", ...verdict, ...observed }], now);
  const [condition] = conditions;
  const said = before.conditions.find(({ type }) => type === "Accepted");
  const sameWords =
    said?.status === verdict.status && said.reason === verdict.reason && said.message === verdict.message;
  const sameGeneration = said?.observedGeneration === condition?.observedGeneration;
  const sameCounts = Object.entries(counts).every(([name, count]) => before[name] === count);
  if (sameWords && sameGeneration && sameCounts) return undefined;
  if (sameWords && sameGeneration) return { ref, uid, patch: counts, condition: undefined };
  return { ref, uid, patch: { ...counts, conditions }, condition: sameWords ? undefined : condition };
}
