import { type Change, type Rehearsal, type RehearsalOptions, type Rest, rehearse } from "@fairlead/controller";
import { type MemoryCluster, MemoryStore, ObjectCache } from "@fairlead/kube";
import type { ClassFilter } from "@fairlead/model";
import { SPEAKER_KINDS, type Survey, survey, viewOf } from "@fairlead/speaker";

/** A cluster at rest, and which node may announce which address there, and why the others may not. */
export interface SurveyedRest extends Rest {
  readonly survey: Survey;
}

/** What a change would lead to: at the controller, and at every speaker. */
export interface ClusterRehearsal extends Rehearsal {
  readonly outcome: SurveyedRest;
  readonly otherwise: SurveyedRest;
}

/**
 * What would happen if: what the controller would do about a change, and what all speakers would then be allowed to announce.
 * Who of several owns an address is settled on the link, and not rehearsed.
 *
 * @param given - the cluster as it is, which stays so.
 * @param changes - made at once, in this order.
 * @throws RehearsalError if the controller does not come to rest; StoreError if an object is of a kind that is not known.
 */
export async function rehearseCluster(
  given: MemoryCluster,
  changes: readonly Change[],
  options: RehearsalOptions,
): Promise<ClusterRehearsal> {
  const { outcome, otherwise, differences } = await rehearse(given, changes, options);
  const surveyed = async (rest: Rest) => ({ ...rest, survey: await surveyOf(rest.cluster, options.classes) });
  return { outcome: await surveyed(outcome), otherwise: await surveyed(otherwise), differences };
}

async function surveyOf(cluster: MemoryCluster, classes: ClassFilter): Promise<Survey> {
  const store = new MemoryStore(cluster);
  const cache = new ObjectCache(() => {});
  store.watch(SPEAKER_KINDS, cache);
  await store.stop();
  return survey(viewOf(cache, classes));
}
