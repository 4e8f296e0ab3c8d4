/** Why an address that a Service holds would not be given to it now: it stays, but is draining. */
export type Draining =
  | { readonly code: "NoPoolHasAddress"; readonly address: string; readonly pool: string }
  | { readonly code: "PoolExcludesService"; readonly address: string; readonly pool: string };

/** A reason of the condition Draining of an IPAllocation. */
export type DrainingCode = Draining["code"];

/** Every {@link DrainingCode}; docs/troubleshooting.md has a heading for each. */
export const DRAINING_CODES = ["NoPoolHasAddress", "PoolExcludesService"] as const satisfies readonly DrainingCode[];

/** The sentence for the operator: what has changed. No final period. */
export function describeDraining({ code, address, pool }: Draining): string {
  switch (code) {
    case "NoPoolHasAddress":
      return `Address ${address} was taken from IPAddressPool ${pool}, and no accepted pool gives it out any more`;
    case "PoolExcludesService":
      return `Address ${address} is in IPAddressPool ${pool}, whose spec.serviceAllocation excludes this Service by now`;
  }
}
