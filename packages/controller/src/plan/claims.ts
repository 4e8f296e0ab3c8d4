import {
  type Allocation,
  type AllocationRefusal,
  compareAge,
  type IPClaim,
  isClaimFor,
  isServed,
} from "@fairlead/model";
import { compareAddresses, type Family, type IpAddress, parseAddress } from "@fairlead/net";
import { namedPools } from "../allocate/allocate.ts";
import type { AllocationContext } from "../allocate/context.ts";
import { poolOf } from "../allocate/in-pool.ts";
import { poolsInOrder } from "../allocate/pools.ts";
import { refuseClaim, refuseFamily, seekerOf } from "../allocate/refuse.ts";
import { findFree } from "../allocate/search.ts";
import { type ClaimStatus, claimStatus } from "../status/claim-status.ts";
import { type Snapshot, workKey } from "../view/snapshot.ts";

/** What is to be done for one IPClaim, in this order: take, write the status, give up. */
export interface ClaimPlan {
  readonly claim: IPClaim;
  /** How each address stands once it is reserved. */
  readonly takes: readonly Allocation[];
  /** What to change in the status; undefined if nothing. */
  readonly status: ClaimStatus | undefined;
  /** Records that it reserves, and no longer claims. */
  readonly releases: readonly Allocation[];
}

/** What IPClaims reserve, oldest claim first; takes are recorded in the ledger. Only those with something to do. */
export function planClaims(snapshot: Snapshot, context: AllocationContext): ClaimPlan[] {
  return [...snapshot.claims]
    .sort(compareAge)
    .filter(({ uid }) => !snapshot.pending.keys.has(workKey("IPClaim", uid)))
    .map((claim): ClaimPlan => {
      const own = snapshot.index.ofClaim(claim.uid);
      const kept = claimed(claim, own);
      const { takes, refusal } =
        claim.addresses === undefined
          ? reserveAny(claim, kept, snapshot, context)
          : reserveThese(claim, claim.addresses, snapshot, context);
      const releases = own.filter((record) => !kept.includes(record));
      return { claim, takes, status: claimStatus(claim, [...kept, ...takes], refusal), releases };
    })
    .filter(({ takes, status, releases }) => takes.length + releases.length > 0 || status !== undefined);
}

// What it reserves that it still claims. Two controllers may have reserved an address each: the one that is in use stays,
// or else the one that is in the status.
function claimed({ addresses, families, reserved }: IPClaim, own: readonly Allocation[]): Allocation[] {
  if (addresses !== undefined) {
    return own.filter(({ ip }) => addresses.some(({ family, value }) => family === ip.family && value === ip.value));
  }
  const rank = (record: Allocation) => (record.holders.length > 0 ? 0 : reserved.includes(record.address) ? 1 : 2);
  const sorted = [...own].sort((a, b) => rank(a) - rank(b) || compareAddresses(a.ip, b.ip));
  return families.flatMap((family) => sorted.find(({ ip }) => ip.family === family) ?? []);
}

interface Reserved {
  readonly takes: readonly Allocation[];
  readonly refusal: AllocationRefusal | undefined;
}

function reserveThese(
  claim: IPClaim,
  addresses: readonly IpAddress[],
  snapshot: Snapshot,
  context: AllocationContext,
): Reserved {
  const takes: Allocation[] = [];
  let refusal: AllocationRefusal | undefined;
  for (const address of addresses) {
    if (context.ledger.at(address)?.claim?.uid === claim.uid) continue;
    const pool = poolOf(context.pools, address);
    const why = refuseClaim(claim, address, pool, snapshot.serviceOf, context);
    if (why === undefined && pool !== undefined) takes.push(context.ledger.reserve(address, pool.name, claim));
    else refusal ??= why;
  }
  return { takes, refusal };
}

function reserveAny(
  claim: IPClaim,
  kept: readonly Allocation[],
  snapshot: Snapshot,
  context: AllocationContext,
): Reserved {
  const { ledger } = context;
  const takes: Allocation[] = [];
  let refusal: AllocationRefusal | undefined;
  for (const family of claim.families) {
    if (kept.some(({ ip }) => ip.family === family)) continue;
    const held = heldByTarget(claim, family, snapshot) ?? lost(claim, family, context);
    if (held !== undefined) {
      takes.push(ledger.reserve(held.ip, held.pool, claim));
      continue;
    }
    const seeker = seekerOf(claim);
    const pools =
      claim.pools.length > 0
        ? namedPools(claim.pools, seeker, context)
        : poolsInOrder(context.pools, seeker, context.namespaceLabels);
    if ("code" in pools) {
      refusal ??= pools;
      continue;
    }
    const found = findFree(seeker, family, pools, context);
    if (found === undefined) refusal ??= refuseFamily(seeker, family, [...kept, ...takes], pools, context);
    else takes.push(ledger.reserve(found.address, found.pool, claim));
  }
  return { takes, refusal };
}

// A claim made for a Service that has an address already keeps that one.
function heldByTarget(claim: IPClaim, family: Family, snapshot: Snapshot): Allocation | undefined {
  const { services, index, classes } = snapshot;
  for (const service of services.filter((one) => isClaimFor(claim, one) && isServed(one, classes)).sort(compareAge)) {
    const own = index
      .ofService(service.uid)
      .find(({ ip, claim: other }) => ip.family === family && other === undefined);
    if (own !== undefined) return own;
  }
  return undefined;
}

// What its status says was its own, if its record is gone and nobody has the address since.
function lost(
  claim: IPClaim,
  family: Family,
  { pools, ledger }: AllocationContext,
): { ip: IpAddress; pool: string } | undefined {
  for (const ip of claim.reserved.map(parseAddress)) {
    const pool = poolOf(pools, ip);
    if (ip.family === family && pool !== undefined && ledger.isFree(ip)) return { ip, pool: pool.name };
  }
  return undefined;
}
