import type { AddressRange, IpAddress, Protocol } from "@fairlead/net";

/**
 * How traffic for an external address (VIP) reaches a pod: `direct`: this node translates it to an endpoint's address;
 * `nodePort`: it is rewritten to this node's NodePort, and the node's kube-proxy does the rest; `none`: not our business.
 */
export type ForwardingMode = "direct" | "nodePort" | "none";

/** A ready endpoint of the VIP's family. */
export interface ForwardedEndpoint {
  readonly address: IpAddress;
  /** Target port, 1 to 65535. */
  readonly port: number;
  /** Whether it runs on this node. */
  readonly local: boolean;
}

/** One port of one VIP. VIP, protocol and port together are unique in a table; the first of equals counts. */
export interface ForwardedPort {
  readonly vip: IpAddress;
  readonly protocol: Protocol;
  /** The Service's port, 1 to 65535. */
  readonly port: number;
  /** Undefined where the Service has none (`allocateLoadBalancerNodePorts: false`). */
  readonly nodePort?: number;
  /** The Service's externalTrafficPolicy. */
  readonly policy: "Cluster" | "Local";
  /** The Service's sessionAffinity. */
  readonly affinity: "None" | "ClientIP";
  /**
   * The Service's loadBalancerSourceRanges; empty for everybody. Only the ranges of the VIP's family count: if there
   * are ranges, but none of that family, nobody gets in.
   */
  readonly sourceRanges: readonly AddressRange[];
  /** In any order; those listed twice count once. */
  readonly endpoints: readonly ForwardedEndpoint[];
  /**
   * Those that are terminating, whether they are among the endpoints or not: when one goes, nothing is left of it. Absent if
   * none is.
   */
  readonly terminating?: readonly Pick<ForwardedEndpoint, "address" | "port">[];
}

/** All that a node forwards. */
export interface ForwardingTable {
  /** The node's mode. Ports that `nodePort` cannot serve are served as in `direct`; see {@link placePorts}. */
  readonly mode: ForwardingMode;
  readonly ports: readonly ForwardedPort[];
  /** The cluster's pod ranges: traffic from there reaches all endpoints, whatever the policy, and keeps its source. */
  readonly internal: readonly AddressRange[];
  /** The node's own addresses on which kube-proxy serves NodePorts, at most one of each family. */
  readonly nodeAddresses: readonly IpAddress[];
}
