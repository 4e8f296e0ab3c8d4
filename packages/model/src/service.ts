import type { AddressRange, Family, IpAddress, Protocol } from "@fairlead/net";
import type { ObjectIdentity, SeenCondition } from "./allocation.ts";
import type { Labels } from "./label-selector.ts";

/** One port of a Service. */
export interface ServicePort {
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly nodePort?: number;
}

/** What Fairlead needs to know of a Service of any type. */
export interface Service extends ObjectIdentity {
  readonly labels: Labels;
  /** Creation time as RFC 3339 text: the order in which Services are served. */
  readonly created: string;
  /** spec.type is LoadBalancer, it has a cluster address, and it is not being deleted. */
  readonly wantsLoadBalancer: boolean;
  /** spec.loadBalancerClass. */
  readonly loadBalancerClass?: string;
  /** The families it needs an external address of, primary first. */
  readonly families: readonly Family[];
  /** Whether every family must be served (RequireDualStack), or those that can be (PreferDualStack). */
  readonly familyPolicy: "SingleStack" | "PreferDualStack" | "RequireDualStack";
  readonly request: AddressRequest;
  /** How many addresses of each family it asks for, 1 to 8. */
  readonly addressesPerFamily: number;
  /** Addresses in status.loadBalancer.ingress, in canonical text. */
  readonly ingress: readonly string[];
  /** Field manager that last wrote status.loadBalancer, by metadata.managedFields; undefined if that does not say. */
  readonly statusWriter: string | undefined;
  /** What else status.loadBalancer.ingress holds that Fairlead never writes, such as host names. */
  readonly otherIngress: readonly string[];
  readonly externalTrafficPolicy: "Cluster" | "Local";
  readonly sessionAffinity: "None" | "ClientIP";
  readonly sourceRanges: readonly AddressRange[];
  readonly ports: readonly ServicePort[];
  /** Services of one key may share an address; "" shares with none. */
  readonly sharingKey: string;
  /** What sharers must have in common: "" under policy Cluster, the selector in canonical text under Local. */
  readonly backend: string;
  /** The condition fairlead.dev/Allocated as it stands, to know whether it must be written. */
  readonly allocated: TimedCondition | undefined;
  /** Who put {@link CLEANUP_FINALIZER} on it, by metadata.managedFields: Fairlead, or another; absent if it is not there. */
  readonly finalizer?: "own" | "foreign";
  /** Whether it lets go of addresses that are draining, as soon as others can be had. */
  readonly reallocate: boolean;
  /** Keys of annotations with our prefix that mean nothing to us. */
  readonly unknownAnnotations: readonly string[];
}

/** A condition as it stands, and since when. */
export interface TimedCondition extends SeenCondition {
  /** lastTransitionTime, RFC 3339. */
  readonly since?: string;
}

/** What a Service asks for: nothing in particular, certain addresses, or pools. */
export type AddressRequest =
  | { readonly kind: "any" }
  /** With pools, the addresses must be of one of them. */
  | { readonly kind: "addresses"; readonly addresses: readonly IpAddress[]; readonly pools?: readonly string[] }
  /** In this order. */
  | { readonly kind: "pools"; readonly pools: readonly string[] }
  /** The annotation and spec.loadBalancerIP say different things. */
  | { readonly kind: "conflicting"; readonly annotation: string; readonly field: string }
  /** `must` completes "…must": "be one IP address of each family". */
  | { readonly kind: "malformed"; readonly source: string; readonly must: string; readonly value: string };

/** Which Services Fairlead serves. */
export interface ClassFilter {
  /** The spec.loadBalancerClass that is Fairlead's. */
  readonly loadBalancerClass: string;
  /** Whether Services without a class are Fairlead's too. */
  readonly unclassed: boolean;
}

/** Whether Fairlead is to give this Service an external address. */
export function isServed(service: Service, filter: ClassFilter): boolean {
  if (!service.wantsLoadBalancer) return false;
  return service.loadBalancerClass === undefined
    ? filter.unclassed
    : service.loadBalancerClass === filter.loadBalancerClass;
}

/** Whether the addresses in the status of a Service are Fairlead's: by its last writer, or else by the condition beside. */
export function wroteStatus({ statusWriter, allocated }: Pick<Service, "statusWriter" | "allocated">): boolean {
  if (statusWriter !== undefined) return statusWriter === FIELD_MANAGER;
  return allocated?.status === "True";
}

/**
 * The finalizer of Services whose addresses must be off the wire and free before the Service is gone. Kubernetes' own
 * service controller has given it its name, and other controllers of Services use it too.
 */
export const CLEANUP_FINALIZER = "service.kubernetes.io/load-balancer-cleanup";

/** The field manager that Fairlead writes statuses as. */
export const FIELD_MANAGER = "fairlead";
