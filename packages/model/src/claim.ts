import type { Family, IpAddress } from "@fairlead/net";
import type { ObjectIdentity, SeenCondition } from "./allocation.ts";
import { type LabelSelector, type Labels, selectorMatches } from "./label-selector.ts";

/** An IPClaim: addresses that are kept for a Service of its namespace, before it exists and after it is gone. */
export interface IPClaim extends ObjectIdentity {
  /** RFC 3339: the order in which claims are served. */
  readonly created: string;
  readonly for: ClaimTarget;
  /** Certain addresses, one of each family at most; or undefined for any of `families`. */
  readonly addresses: readonly IpAddress[] | undefined;
  /** The families it reserves one address of each of. */
  readonly families: readonly Family[];
  /** Names of the IPAddressPools to take from, in this order; empty for those that any Service may use. */
  readonly pools: readonly string[];
  /** Addresses in its status, in canonical text. */
  readonly reserved: readonly string[];
  /** Its condition Reserved as it stands. */
  readonly condition: SeenCondition | undefined;
}

/** The Services that a claim is for. */
export type ClaimTarget = { readonly serviceName: string } | { readonly serviceSelector: LabelSelector };

/** Whether a claim is for a Service. */
export function isClaimFor(
  claim: Pick<IPClaim, "namespace" | "for">,
  service: { readonly namespace: string; readonly name: string; readonly labels: Labels },
): boolean {
  if (claim.namespace !== service.namespace) return false;
  if ("serviceName" in claim.for) return claim.for.serviceName === service.name;
  return selectorMatches(claim.for.serviceSelector, service.labels);
}
