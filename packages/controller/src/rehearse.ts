import { type MemoryCluster, MemoryStore, type RawObject, refOf, type StatusPatch } from "@fairlead/kube";
import { type ObjectRef, objectKey } from "@fairlead/model";
import type { Log, Millis } from "@fairlead/runtime";
import { type Difference, differences } from "./differences.ts";
import { affected } from "./plan/decision.ts";
import { type DecisionOptions, SteppedController } from "./stepped.ts";

/**
 * What is to be tried: an object that is there afterwards as it is given, or one that somebody deletes. What the API server
 * keeps of an object (uid, times, field managers) stays as it is; so do labels, annotations, finalizers and a status where
 * none are given. A status that is given goes over the one there.
 */
export type Change = { readonly put: RawObject } | { readonly delete: ObjectRef };

/** How a rehearsal is made: as the controller of the cluster was started. */
export interface RehearsalOptions extends DecisionOptions {
  /** When it begins, in milliseconds since 1970. What has to be waited for passes at once. */
  readonly now: Millis;
  /** Steps after which it is given up, each a round of writes or a pause; 32, and 8 for each object, unless told. */
  readonly mostSteps?: number;
}

/** A cluster for which the controller has nothing left to do, and nothing to wait for. */
export interface Rest {
  /** All of its objects: those that the controller does not look at are as they were given. */
  readonly cluster: MemoryCluster;
  /** When it came to rest, in milliseconds since 1970. */
  readonly at: Millis;
  /**
   * Writes of the controller that others of its own had overtaken, and that were made again. Where there are any, the one
   * that runs may come to another rest: it pauses before it tries again, and takes up other work meanwhile.
   */
  readonly failures: readonly unknown[];
}

/** What a change would lead to. */
export interface Rehearsal {
  /** Where the cluster comes to rest with the change. */
  readonly outcome: Rest;
  /** Where it comes to rest without. */
  readonly otherwise: Rest;
  /** What the change makes of it: how `outcome` differs from `otherwise`. The change itself is among it. */
  readonly differences: readonly Difference[];
}

/** Thrown where a cluster does not come to rest. */
export class RehearsalError extends Error {
  override readonly name = "RehearsalError";
  /** What the controller would go on changing; empty if it only waits, again and again. */
  readonly objects: readonly ObjectRef[];

  constructor(message: string, objects: readonly ObjectRef[], options?: ErrorOptions) {
    super(message, options);
    this.objects = objects;
  }
}

/**
 * What the controller would do about a change: it decides and writes, on a copy in memory, until nothing changes any more.
 * Speakers do not take part: what their statuses say stays, so an address that is withdrawn is waited for as long as it may be.
 *
 * @param given - the cluster as it is, which stays so. See MemoryCluster.of().
 * @param changes - made at once, in this order, before the controller decides anything.
 * @throws RehearsalError if it does not come to rest; StoreError if an object is of a kind that is not known.
 */
export async function rehearse(
  given: MemoryCluster,
  changes: readonly Change[],
  options: RehearsalOptions,
): Promise<Rehearsal> {
  const otherwise = await comeToRest(given, [], options);
  const outcome = changes.length === 0 ? otherwise : await comeToRest(given, changes, options);
  return { outcome, otherwise, differences: differences(otherwise.cluster, outcome.cluster) };
}

async function comeToRest(
  given: MemoryCluster,
  changes: readonly Change[],
  { now: begin, mostSteps, ...options }: RehearsalOptions,
): Promise<Rest> {
  let now = begin;
  const cluster = given.copy(() => now);
  const store = new MemoryStore(cluster);
  const controller = new SteppedController({ ...options, store, log: SILENT, note: () => {}, now: () => now });
  // Seen as changes, as by the controller that runs.
  for (const change of changes) {
    if ("put" in change) put(change.put, cluster);
    else cluster.delete(change.delete);
  }
  const most = mostSteps ?? 32 + 8 * cluster.objects().length;
  const failures: unknown[] = [];
  for (let steps = 0; ; steps++) {
    const decision = controller.decide();
    const left = affected(decision);
    const { againInMillis } = decision.plan;
    if (left.length === 0 && againInMillis === undefined) {
      await store.stop();
      return { cluster, at: now, failures };
    }
    if (steps >= most) throw restless(left, most, failures.at(-1));
    if (left.length > 0) failures.push(...(await controller.carryOut(decision)));
    else now += againInMillis ?? 0;
  }
}

/** What the API server has in metadata whatever is given. */
const KEPT: ReadonlySet<string> = new Set([
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "managedFields",
]);

function put(object: RawObject, cluster: MemoryCluster): void {
  // Whoever gives it may have read it a while ago, or never.
  const given = Object.entries(object.metadata).filter(([field]) => !KEPT.has(field));
  const { uid = "" } = cluster.apply({
    ...object,
    metadata: Object.fromEntries(given) as RawObject["metadata"],
  }).metadata;
  const { status } = object;
  if (typeof status === "object" && status !== null) cluster.patchStatus(refOf(object), uid, status as StatusPatch);
}

/** So many objects are named in an error. */
const NAMED = 5;

function restless(objects: readonly ObjectRef[], steps: number, cause: unknown): RehearsalError {
  const named = objects.slice(0, NAMED).map((ref) => `${ref.kind} ${objectKey(ref)}`);
  const more = objects.length > NAMED ? ` and ${objects.length - NAMED} more` : "";
  const what = objects.length === 0 ? "still waits" : `would still change ${named.join(", ")}${more}`;
  const message = `Cannot rehearse: the controller must come to rest, and after ${steps} steps ${what}`;
  return new RehearsalError(message, objects, cause === undefined ? {} : { cause });
}

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT };
