import type { Allocation, ObjectIdentity } from "@fairlead/model";
import { parseTime } from "@fairlead/runtime";
import { cools } from "../allocate/draining.ts";
import { poolOf } from "../allocate/in-pool.ts";
import { type Snapshot, workKey } from "../view/snapshot.ts";

/** What is to be done about a record for its own sake. */
export interface KeepPlan {
  readonly record: Allocation;
  /** Holders that are gone. */
  readonly leave: readonly ObjectIdentity[];
  /** Whether its IPClaim is gone. */
  readonly unreserve: boolean;
  /** Whether, with the last holder gone, the address is to cool down. */
  readonly coolDown: boolean;
  /** Whether it has cooled down. */
  readonly expired: boolean;
  /** Whether all of that was seen: else the store is asked, since what is not there may not have been heard of yet. */
  readonly sure: boolean;
}

/** The records whose only holders were seen to go: another Service may have the address at once, by a replacement. */
export function vacant({ index, deleted, pending, surroundings }: Snapshot): Allocation[] {
  const records = new Set([...deleted].flatMap((uid) => index.ofService(uid)));
  return [...records].filter((record) => {
    if (record.claim !== undefined || cools(record, surroundings)) return false;
    return (
      !pending.keys.has(workKey("IPAllocation", record.uid)) && record.holders.every(({ uid }) => deleted.has(uid))
    );
  });
}

/** What is to be done about records for their own sake. */
export interface Keeping {
  readonly plans: readonly KeepPlan[];
  /** Milliseconds until the next address has cooled down; undefined if none cools. */
  readonly againInMillis: number | undefined;
}

/** The records whose Service or IPClaim is gone, and those that have cooled down. */
export function planKeeping(snapshot: Snapshot): Keeping {
  const { index, surroundings, pending } = snapshot;
  const claims = new Set(snapshot.claims.map(({ uid }) => uid));
  const isGone = (kind: "Service" | "IPClaim", { namespace, name, uid }: ObjectIdentity) => {
    return !snapshot.unreadable.has(`${kind} ${namespace}/${name}`) && !pending.keys.has(workKey(kind, uid));
  };
  const plans: KeepPlan[] = [];
  let againInMillis: number | undefined;
  for (const record of index.records()) {
    if (pending.keys.has(workKey("IPAllocation", record.uid))) continue;
    const leave = record.holders.filter((one) => snapshot.serviceOf(one) === undefined && isGone("Service", one));
    const { claim } = record;
    const isOrphan = claim !== undefined && !claims.has(claim.uid) && isGone("IPClaim", claim);
    const unreserve = snapshot.claimsKnown && isOrphan;
    const coolsMillis = coolsFor(record, snapshot);
    if (coolsMillis) againInMillis = Math.min(coolsMillis, againInMillis ?? coolsMillis);
    const expired = coolsMillis === 0;
    if (leave.length === 0 && !unreserve && !expired) continue;
    const sure = !unreserve && leave.every(({ uid }) => snapshot.deleted.has(uid));
    plans.push({ record, leave, unreserve, coolDown: cools(record, surroundings), expired, sure });
  }
  return { plans, againInMillis };
}

// 0 if it has cooled down; undefined if it never had to.
function coolsFor({ ip, released }: Allocation, { surroundings, now }: Snapshot): number | undefined {
  if (released === undefined) return undefined;
  const coolDownMillis = poolOf(surroundings.pools, ip)?.coolDownMillis ?? 0;
  const passed = now - parseTime(released.at);
  // A time that cannot be read is long past.
  return passed < coolDownMillis ? coolDownMillis - passed : 0;
}
