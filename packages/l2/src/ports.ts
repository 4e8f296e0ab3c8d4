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
   * @param former - of addresses that a node has handed over, its own address on the link: what is late goes on to it.
   * @throws what the port below throws; the same call may be made again.
   */
  answer(
    addresses: readonly IpAddress[],
    shares?: readonly Share[],
    former?: ReadonlyMap<string, IpAddress>,
  ): Promise<void>;
  /** Keeps the answers coming for another timeout. Cheap and synchronous: call it several times within a timeout. */
  refresh(): void;
  /** Makes anew all that it answers by, whatever has become of it. @throws as {@link answer}. */
  repair(): Promise<void>;
  /** Answers nothing any more and leaves nothing behind. */
  close(): Promise<void>;
}
