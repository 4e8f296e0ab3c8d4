import type { AddressRange } from "@fairlead/net";

/** A range that the cluster addresses of Services are taken from. */
export interface ServiceRange {
  /** Name of the ServiceCIDR. */
  readonly name: string;
  readonly ranges: readonly AddressRange[];
}
