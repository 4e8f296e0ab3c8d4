import type { Labels, Pool, ReservedRange, Service } from "@fairlead/model";
import { type IpAddress, rangeContains } from "@fairlead/net";
import type { Ledger } from "./ledger.ts";

/** What addresses depend on besides those who want them; the same object for as long as none of it changes. */
export interface Surroundings {
  /** Those that are accepted, without the addresses that are not to be given out: see {@link reserved}. */
  readonly pools: readonly Pool[];
  readonly namespaceLabels: ReadonlyMap<string, Labels>;
  /** Of the pools' addresses, those that the network needs for itself. */
  readonly reserved: readonly ReservedRange[];
}

/** What an allocation may look at. */
export interface AllocationContext extends Surroundings {
  readonly ledger: Ledger;
}

/** Who an address is looked for: a Service, or an IPClaim on behalf of Services with these labels. */
export type Seeker = Pick<Service, "namespace" | "name" | "labels">;

/** What the network needs an address for, if it does. */
export function reservedAt(
  address: IpAddress,
  { reserved }: Pick<Surroundings, "reserved">,
): ReservedRange | undefined {
  return reserved.find(({ range }) => rangeContains(range, address));
}
