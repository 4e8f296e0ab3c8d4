import type { IpAddress, Protocol } from "@fairlead/net";

/** What the kernel translates from a VIP to one endpoint, by one protocol. */
export interface Flow {
  readonly protocol: Exclude<Protocol, "SCTP">;
  readonly vip: IpAddress;
  readonly endpoint: IpAddress;
  /** One port of the VIP, and of the endpoint; absent for all of them. */
  readonly ports?: { readonly vip: number; readonly endpoint: number };
}

/** The kernel's connection tracking. */
export interface Conntrack {
  /**
   * Forgets, soon, what would keep clients with endpoints that are gone: all of UDP, which has no end that would tell the
   * kernel, and of TCP what was never answered. Their next packet is translated anew. Returns at once and never throws:
   * what cannot be forgotten ends by its own time-out.
   */
  forget(flows: readonly Flow[]): void;
}
