import type { IpAddress, Protocol } from "@fairlead/net";

/** What the kernel translates from a VIP, by one protocol. */
export interface Flow {
  readonly protocol: Exclude<Protocol, "SCTP">;
  readonly vip: IpAddress;
  /** Where to; absent for everywhere: the VIP is no Service's any more, and nothing of it goes on. */
  readonly endpoint?: IpAddress;
  /** Whether the endpoint's Pod is gone, so that nothing of it goes on either. Absent if not. */
  readonly isOver?: true;
  /** One port of the VIP, and of the endpoint; absent for all of them. */
  readonly ports?: { readonly vip: number; readonly endpoint: number };
}

/** The kernel's connection tracking. */
export interface Conntrack {
  /**
   * Forgets, soon, what would keep clients with endpoints that are gone: all of UDP, which has no end that would tell the
   * kernel, and of TCP what was never answered, or all where nothing goes on. Their next packet is translated anew. Returns
   * at once and never throws: what cannot be forgotten ends by its own time-out.
   */
  forget(flows: readonly Flow[]): void;
}
