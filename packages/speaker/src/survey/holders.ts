import { compareAge, isServed, type Pool, type Service, shareConflict, wroteStatus } from "@fairlead/model";
import { parseAddress, rangeContains } from "@fairlead/net";
import type { ClusterView } from "./snapshot.ts";

/** The Services that an address is announced for. */
export interface Holders {
  /** In the order in which they came: of a port that several have, the first one's counts. */
  readonly uids: readonly string[];
  /** Name of the pool by the record; absent while there is no record. */
  readonly pool?: string;
}

/**
 * The holders of every address that a record or a status tells of. Without a record these are the oldest of the Services
 * that have the address in their status, and those that may share it with the older ones, as the controller would have
 * it: every node must come to the same.
 */
export function holdersByAddress({ allocations, services, classes }: ClusterView): ReadonlyMap<string, Holders> {
  const holders = new Map<string, Holders>();
  for (const record of allocations) {
    if (record.holders.length > 0) {
      holders.set(record.address, { uids: record.holders.map(({ uid }) => uid), pool: record.pool });
    }
  }
  const claimants = new Map<string, Service[]>();
  for (const service of services) {
    if (!isServed(service, classes)) continue;
    for (const address of new Set(service.ingress)) {
      if (holders.has(address)) continue;
      const others = claimants.get(address);
      if (others === undefined) claimants.set(address, [service]);
      else others.push(service);
    }
  }
  for (const [address, all] of claimants) holders.set(address, { uids: sharersOf(all).map(({ uid }) => uid) });
  return holders;
}

function sharersOf(claimants: readonly Service[]): Service[] {
  const sharers: Service[] = [];
  for (const service of [...claimants].sort(compareAge)) {
    if (sharers.every((other) => shareConflict(service, other) === undefined)) sharers.push(service);
  }
  return sharers;
}

/**
 * The pool by whose rules an address in the status of a Service is announced; undefined if it is not announced for that
 * Service. A lost record withdraws nothing that is in a pool, or that Fairlead wrote; what another controller wrote is not
 * ours to announce. A pool that is gone or not accepted announces on for those that hold its addresses.
 */
export function poolOf(
  service: Service,
  text: string,
  holders: ReadonlyMap<string, Holders>,
  pools: readonly Pool[],
): Pool | undefined {
  const holder = holders.get(text);
  if (holder === undefined || !holder.uids.includes(service.uid)) return undefined;
  const address = parseAddress(text);
  const byRange = pools.find(({ total }) => total.some((range) => rangeContains(range, address)));
  if (holder.pool === undefined) return byRange ?? (wroteStatus(service) ? vanishedPool("") : undefined);
  return pools.find(({ name }) => name === holder.pool) ?? byRange ?? vanishedPool(holder.pool);
}

function vanishedPool(name: string): Pool {
  return {
    name,
    created: "",
    labels: {},
    usable: [],
    total: [],
    avoidBuggyIPs: false,
    autoAssign: false,
    advertise: "Auto",
    coolDownMillis: 0,
  };
}
