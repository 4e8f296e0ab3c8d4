import type { IpAddress, Protocol } from "@fairlead/net";

/** One port's endpoint of a Service, from an EndpointSlice. */
export interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
  /** Ready to take new connections. */
  readonly ready: boolean;
  /** Still serving, though terminating. */
  readonly serving: boolean;
  /** Its Pod is being deleted: when the endpoint goes, so has the Pod. Absent if not. */
  readonly terminating?: true;
  /** The node it runs on; absent for endpoints outside the cluster. */
  readonly nodeName?: string;
}

/** The endpoints of one port of a Service, from all its EndpointSlices. */
export interface PortEndpoints {
  readonly namespace: string;
  readonly service: string;
  readonly portName: string;
  readonly protocol: Protocol;
  readonly endpoints: readonly Endpoint[];
}
