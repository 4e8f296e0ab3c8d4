import type { ObjectRef } from "@fairlead/model";
import { KINDS } from "../kinds.ts";
import { mergeStatus } from "../merge-status.ts";
import { type FinalizerChange, type RawObject, type StatusPatch, StoreError } from "../ports.ts";

/** Attempts at a change that others keep getting ahead of. */
const ATTEMPTS = 5;
const MERGE_PATCH = "application/merge-patch+json";

/** What a status is patched by. */
export interface StatusRequests {
  get(ref: ObjectRef): Promise<RawObject>;
  /** Sends a patch of the object's status subresource. */
  patch(ref: ObjectRef, contentType: string, body: PatchBody): Promise<RawObject>;
}

/** What an object must be for a patch to count. */
interface Precondition {
  readonly uid: string;
  readonly resourceVersion?: string;
}

interface PatchBody {
  readonly metadata: Precondition;
  readonly status: StatusPatch;
}

/** Patches a status in the way that the object's kind knows: conditions are merged by type. @throws StoreError */
export async function patchStatus(
  requests: StatusRequests,
  ref: ObjectRef,
  precondition: Precondition,
  patch: StatusPatch,
  finalizer: FinalizerChange | undefined,
): Promise<RawObject> {
  // Only built-in kinds know the strategic form, which merges conditions by type beside those of other writers.
  if (!KINDS[ref.kind].apiVersion.startsWith("fairlead.dev/")) {
    const metadata = { ...precondition, ...(finalizer !== undefined && finalizerPatch(finalizer)) };
    return requests.patch(ref, "application/strategic-merge-patch+json", { metadata, status: patch });
  }
  if (finalizer !== undefined) {
    throw new StoreError("Invalid", `Cannot change finalizers of ${ref.kind} ${ref.name}: its kind must be built in`);
  }
  return patch.conditions === undefined || patch.conditions === null
    ? requests.patch(ref, MERGE_PATCH, { metadata: precondition, status: patch })
    : patchConditions(requests, ref, precondition, patch);
}

// The merge is done here, on the version that was read; again, if that was changed meanwhile.
async function patchConditions(
  requests: StatusRequests,
  ref: ObjectRef,
  precondition: Precondition,
  patch: StatusPatch,
): Promise<RawObject> {
  for (let attempt = 1; ; attempt++) {
    const held = await requests.get(ref);
    const { resourceVersion = "" } = held.metadata;
    const { conditions } = mergeStatus(held.status, { conditions: patch.conditions });
    const body = { metadata: { resourceVersion, ...precondition }, status: { ...patch, conditions } };
    try {
      return await requests.patch(ref, MERGE_PATCH, body);
    } catch (error) {
      const overtaken = error instanceof StoreError && error.reason === "Conflict";
      const final = held.metadata.uid !== precondition.uid || precondition.resourceVersion !== undefined;
      if (!overtaken || final || attempt === ATTEMPTS) throw error;
    }
  }
}

// As a set of which each member has an owner: those of others stay.
function finalizerPatch({ name, present }: FinalizerChange): Record<string, readonly string[]> {
  return present ? { finalizers: [name] } : { "$deleteFromPrimitiveList/finalizers": [name] };
}
