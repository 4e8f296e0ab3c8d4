import type { AddressRange, IpAddress, Prefix } from "@fairlead/net";
import type { Labels } from "./label-selector.ts";

/** What Fairlead needs to know of a Node. */
export interface NodeInfo {
  readonly name: string;
  readonly labels: Labels;
  /** Condition Ready is True. */
  readonly ready: boolean;
  /** Condition NetworkUnavailable is True. */
  readonly networkUnavailable: boolean;
  /** status.addresses of type InternalIP. */
  readonly internalAddresses: readonly IpAddress[];
  /** status.addresses of types InternalIP and ExternalIP. */
  readonly addresses: readonly IpAddress[];
  /** spec.podCIDRs. */
  readonly podRanges: readonly AddressRange[];
}

/** What a speaker sees of the networks that its node is connected to. */
export interface NodeNetworks {
  /** Name of the Node. */
  readonly name: string;
  /** The node's addresses on its links, each with the subnet it is in. */
  readonly subnets: readonly Prefix[];
  /** The routers that it uses. */
  readonly gateways: readonly IpAddress[];
  /** The MAC addresses of its links. */
  readonly macs: readonly string[];
  /** Who has an address on its links that Fairlead has given to a Service. */
  readonly strangers: readonly SeenStranger[];
  /** The addresses of Services that it answers for, alone or for a part of the clients, in canonical text. */
  readonly answers: ReadonlySet<string>;
}

/** Somebody who has an address that a speaker was to answer for. */
export interface SeenStranger {
  readonly address: IpAddress;
  readonly mac: string;
  /** Name of the link that it was seen on. */
  readonly link: string;
  /** Whether the address was not announced before. */
  readonly isNew: boolean;
}

/** A range that the cluster addresses of Services are taken from. */
export interface ServiceRange {
  /** Name of the ServiceCIDR. */
  readonly name: string;
  readonly ranges: readonly AddressRange[];
}

/** One port's endpoint of a Service, from an EndpointSlice. */
export interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
  /** Ready to take new connections. */
  readonly ready: boolean;
  /** Still serving, though terminating. */
  readonly serving: boolean;
  /** The node it runs on; absent for endpoints outside the cluster. */
  readonly nodeName?: string;
}

/** The endpoints of one port of a Service, from all its EndpointSlices. */
export interface PortEndpoints {
  readonly namespace: string;
  readonly service: string;
  readonly portName: string;
  readonly protocol: "TCP" | "UDP" | "SCTP";
  readonly endpoints: readonly Endpoint[];
}
