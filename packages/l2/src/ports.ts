import type { IpAddress } from "@fairlead/net";

/** Part of the clients of an address. */
export interface Share {
  readonly address: IpAddress;
  /** As clientSlot() has them. */
  readonly slots: ReadonlySet<number>;
}

/** Answers ARP and NDP on one link for the addresses it is told, and only while it is told that it may. */
export interface Responder {
  readonly kind: "kernel" | "userspace";
  /**
   * Whether heartbeats that are sent to keep answers coming do so as they leave the link. {@link refresh} then only looks
   * whether all is still there.
   */
  readonly keptByHeartbeats: boolean;
  /**
   * Answers for exactly these addresses, and for these shares of others, from the time the promise resolves. Calls take
   * effect in order, and the last one counts. The first call is a {@link refresh} too.
   *
   * @throws what the port below throws; the same call may be made again.
   */
  answer(addresses: readonly IpAddress[], shares?: readonly Share[]): Promise<void>;
  /**
   * Passes on to former owners what belongs to connections that were begun there. To be called before {@link answer} with the
   * same addresses: the two take effect in that order. Absent where nothing can be passed on: such connections break.
   *
   * @param former - of addresses that a node has just handed over, its own address on the link, of the same family.
   * @param owned - all addresses that this node owns: for others nothing is passed on any more.
   * @returns when it is so, or cannot be; never rejects.
   */
  passOn?(former: ReadonlyMap<string, IpAddress>, owned: ReadonlySet<string>): Promise<void>;
  /** Keeps the answers coming for another timeout. Cheap and synchronous: call it several times within a timeout. */
  refresh(): void;
  /** Makes anew all that it answers by, whatever has become of it. @throws as {@link answer}. */
  repair(): Promise<void>;
  /** Answers nothing any more and leaves nothing behind. */
  close(): Promise<void>;
}
