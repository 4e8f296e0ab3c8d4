import type { IpAddress } from "@fairlead/net";

/** UDP traffic from clients of one port of a VIP to one endpoint. */
export interface UdpFlow {
  readonly vip: IpAddress;
  readonly port: number;
  readonly endpoint: IpAddress;
  readonly endpointPort: number;
}

/** The kernel's connection tracking. */
export interface Conntrack {
  /**
   * Forgets all connections of a flow, so that their next packet is translated anew: UDP has no end that would tell
   * the kernel. Never rejects: clients of a flow that cannot be forgotten stay where they are until they are silent.
   */
  forget(flow: UdpFlow): Promise<void>;
}
