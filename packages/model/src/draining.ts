import { describeReserved, type ReservedKind } from "./reserved.ts";

/** Why an address that a Service holds would not be given to it now: it stays, but is draining. */
export type Draining =
  /** `pool` is that of its record; absent while there is none. */
  | { readonly code: "NoPoolHasAddress"; readonly address: string; readonly pool?: string }
  | { readonly code: "PoolExcludesService"; readonly address: string; readonly pool: string }
  /** What the network needs the address for: see {@link ReservedRange}. */
  | { readonly code: "AddressUnusable"; readonly address: string; readonly what: ReservedKind; readonly of: string };

/** A reason of the condition Draining of an IPAllocation. */
export type DrainingCode = Draining["code"];

/** Every {@link DrainingCode}; docs/troubleshooting.md has a heading for each. */
export const DRAINING_CODES = [
  "NoPoolHasAddress",
  "PoolExcludesService",
  "AddressUnusable",
] as const satisfies readonly DrainingCode[];

/** The sentence for the operator: what has changed. No final period. */
export function describeDraining(draining: Draining): string {
  const { address } = draining;
  switch (draining.code) {
    case "NoPoolHasAddress":
      return `Address ${address}${draining.pool === undefined ? "" : ` was taken from IPAddressPool ${draining.pool}, and`} is in no accepted pool any more`;
    case "PoolExcludesService":
      return `Address ${address} is in IPAddressPool ${draining.pool}, whose spec.serviceAllocation excludes this Service by now`;
    case "AddressUnusable":
      return `Address ${address} is ${describeReserved(draining)} by now`;
  }
}
