import { RESERVED } from "@fairlead/kube";
import type { ObjectRef } from "@fairlead/model";
import type { ClaimPlan } from "../plan/claims.ts";
import type { ApplyContext } from "./apply.ts";

/** Does what a plan says of an IPClaim. @throws StoreError */
export async function applyClaim({ claim, takes, status, releases }: ClaimPlan, context: ApplyContext): Promise<void> {
  const { namespace, name, uid } = claim;
  await Promise.all(takes.map((standing) => context.records.reserve(standing, { namespace, name, uid })));
  if (status !== undefined) await writeClaimStatus(claim, status, context);
  const nobody = { leave: [], coolDown: false, expired: false, sure: true };
  await Promise.all(
    releases.map((record) => context.records.keep({ ...nobody, record, unreserve: true }, context.now())),
  );
}

async function writeClaimStatus(
  { namespace, name, uid }: ClaimPlan["claim"],
  { addresses, condition }: NonNullable<ClaimPlan["status"]>,
  { store, log, note, now }: ApplyContext,
): Promise<void> {
  const ref: ObjectRef = { kind: "IPClaim", namespace, name };
  const conditions = [{ type: RESERVED, ...condition, lastTransitionTime: now() }];
  await store.patchStatus(ref, uid, { addresses, conditions });
  const { reason, message } = condition;
  const bad = condition.status === "False";
  const fields = { claim: `${namespace}/${name}`, reason, addresses, why: message };
  if (bad) log.warn(fields, "reservation refused");
  else log.info(fields, "addresses reserved");
  note({ object: ref, uid, type: bad ? "Warning" : "Normal", reason, message });
}
