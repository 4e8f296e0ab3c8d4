import { API_GROUP } from "../schema/custom-resource.ts";
import type { ObjectMeta } from "../schema/metadata.ts";

/** Annotations of a Service that Fairlead reads. */
export const ANNOTATIONS = {
  /** Addresses asked for, with commas between: one of each family, or as many as {@link ANNOTATIONS.addresses} says. */
  loadBalancerIPs: "fairlead.dev/loadBalancerIPs",
  /** Names of the IPAddressPools asked for, in order of preference, with commas between. */
  addressPool: "fairlead.dev/address-pool",
  /** How many addresses of each family; 1 unless told. */
  addresses: "fairlead.dev/addresses",
  /** Services of one value may share an address. */
  allowSharedIP: "fairlead.dev/allow-shared-ip",
  /** "true": let go of addresses that are draining. */
  reallocate: "fairlead.dev/reallocate",
} as const;

/** How objects are read. */
export interface Reading {
  /** Whose annotations count where Fairlead's own are not there; nobody's unless told. */
  readonly compat?: "metallb" | undefined;
}

type Name = keyof typeof ANNOTATIONS;

/** MetalLB's names for the same, those that it prefers first: an empty value counts as one. */
const METALLB: Readonly<Partial<Record<Name, readonly string[]>>> = {
  loadBalancerIPs: ["metallb.io/loadBalancerIPs", "metallb.universe.tf/loadBalancerIPs"],
  addressPool: ["metallb.io/address-pool", "metallb.universe.tf/address-pool"],
  allowSharedIP: ["metallb.io/allow-shared-ip", "metallb.universe.tf/allow-shared-ip"],
};

/** What an annotation was found under. */
export interface Annotation {
  readonly key: string;
  readonly value: string;
}

/** An annotation of a Service; undefined if it has none. */
export function readAnnotation({ annotations }: ObjectMeta, name: Name, { compat }: Reading): Annotation | undefined {
  const keys = [ANNOTATIONS[name], ...(compat === "metallb" ? (METALLB[name] ?? []) : [])];
  for (const key of keys) {
    const value = annotations?.[key];
    if (value !== undefined) return { key, value };
  }
  return undefined;
}

const KNOWN: ReadonlySet<string> = new Set(Object.values(ANNOTATIONS));

/** Keys of annotations with our prefix that mean nothing to us. */
export function unknownAnnotations({ annotations }: ObjectMeta): string[] {
  return Object.keys(annotations ?? {}).filter((key) => key.startsWith(`${API_GROUP}/`) && !KNOWN.has(key));
}
