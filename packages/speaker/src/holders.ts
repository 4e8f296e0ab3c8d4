import { isServed, type Pool, type ServiceIntent } from "@fairlead/model";
import { parseAddress, rangeContains } from "@fairlead/net";
import type { Snapshot } from "./snapshot.ts";

/** The one Service that an address is announced for. */
export interface Holder {
  readonly uid: string;
  /** Name of the pool by the record; absent while there is no record. */
  readonly pool?: string;
}

/**
 * The holder of every address that a record or a status tells of. Without a record it is the oldest of the Services that
 * have the address in their status, as the controller would have it: every node must come to the same.
 */
export function holdersByAddress({ allocations, services, classes }: Snapshot): ReadonlyMap<string, Holder> {
  const holders = new Map<string, Holder>();
  for (const { address, service, pool } of allocations) holders.set(address, { uid: service.uid, pool });
  const claimants = new Map<string, ServiceIntent>();
  for (const service of services) {
    if (!isServed(service, classes)) continue;
    for (const address of service.ingress) {
      if (holders.has(address)) continue;
      const other = claimants.get(address);
      if (other === undefined || isOlder(service, other)) claimants.set(address, service);
    }
  }
  for (const [address, { uid }] of claimants) holders.set(address, { uid });
  return holders;
}

function isOlder(a: ServiceIntent, b: ServiceIntent): boolean {
  if (a.created !== b.created) return a.created < b.created;
  return a.namespace === b.namespace ? a.name < b.name : a.namespace < b.namespace;
}

/**
 * The pool by whose rules an address in the status of a Service is announced; undefined if it is not announced for that
 * Service. A lost record withdraws nothing that is in a pool; what another controller wrote is not ours to announce. A
 * pool that is gone or not accepted announces on for those that hold its addresses.
 */
export function poolOf(
  service: ServiceIntent,
  text: string,
  holders: ReadonlyMap<string, Holder>,
  pools: readonly Pool[],
): Pool | undefined {
  const holder = holders.get(text);
  if (holder?.uid !== service.uid) return undefined;
  const address = parseAddress(text);
  const byRange = pools.find(({ total }) => total.some((range) => rangeContains(range, address)));
  if (holder.pool === undefined) return byRange;
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
  };
}
