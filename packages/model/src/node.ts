import type { AddressRange, IpAddress } from "@fairlead/net";
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
  /** spec.podCIDRs. */
  readonly podRanges: readonly AddressRange[];
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
