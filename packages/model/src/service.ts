import type { AddressRange, Family, IpAddress } from "@fairlead/net";
import type { Labels } from "./label-selector.ts";
import type { ServiceIdentity } from "./pool.ts";

/** Transport protocols of a Service port. */
export type Protocol = "TCP" | "UDP" | "SCTP";

/** One port of a Service. */
export interface ServicePort {
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly nodePort?: number;
}

/** What Fairlead needs to know of a Service of any type. */
export interface ServiceIntent extends ServiceIdentity {
  readonly labels: Labels;
  /** Creation time as RFC 3339 text: the order in which Services are served. */
  readonly created: string;
  /** Whether Fairlead serves it: `type: LoadBalancer`, of our class, not being deleted, with a cluster address. */
  readonly eligible: boolean;
  /** The families it needs an external address of, primary first. */
  readonly families: readonly Family[];
  /** Whether every family must be served (RequireDualStack), or those that can be (PreferDualStack). */
  readonly familyPolicy: "SingleStack" | "PreferDualStack" | "RequireDualStack";
  readonly request: AddressRequest;
  /** Addresses in status.loadBalancer.ingress, in canonical text. */
  readonly ingress: readonly string[];
  /** Whether status.loadBalancer.ingress also holds something that is not ours to read, such as a host name. */
  readonly foreignIngress: boolean;
  readonly externalTrafficPolicy: "Cluster" | "Local";
  readonly sessionAffinity: "None" | "ClientIP";
  readonly sourceRanges: readonly AddressRange[];
  readonly ports: readonly ServicePort[];
  /** The condition fairlead.dev/Allocated as it stands, to know whether it must be written. */
  readonly allocated: { readonly status: string; readonly reason: string; readonly message: string } | undefined;
}

/** What a Service asks for: nothing in particular, certain addresses, or a pool. */
export type AddressRequest =
  | { readonly kind: "any" }
  | { readonly kind: "addresses"; readonly addresses: readonly IpAddress[] }
  | { readonly kind: "pool"; readonly pool: string }
  | { readonly kind: "malformed"; readonly source: string; readonly value: string };
