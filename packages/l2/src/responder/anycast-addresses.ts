import type { AnycastMemberships, Link, OpenAnycast } from "@fairlead/linux";
import { formatAddress, type IpAddress } from "@fairlead/net";
import type { Responder } from "../ports.ts";

/** What {@link AnycastAddresses} work with. */
export interface AnycastOptions {
  readonly link: Link;
  /** Called with the first IPv6 address: nodes without IPv6 need not have it. */
  readonly openAnycast: OpenAnycast;
  /** Makes what answers for the addresses that the kernel does not take; called with the first of them. */
  readonly openSubstitute: () => Responder;
  /** Told of each address that the substitute has to answer for, once. */
  readonly onRefused: (address: IpAddress, error: unknown) => void;
}

/** The IPv6 addresses of one link that the kernel answers for, and those that it does not take. */
export class AnycastAddresses {
  readonly #options: AnycastOptions;
  #memberships: AnycastMemberships | undefined;
  #substitute: Responder | undefined;
  readonly #joined = new Map<string, IpAddress>();
  #refused: ReadonlyMap<string, IpAddress> = new Map();

  constructor(options: AnycastOptions) {
    this.#options = options;
  }

  /** Leaves those that are not among the wanted ones. @throws SystemCallError */
  leaveAllBut(wanted: readonly IpAddress[]): void {
    const kept = new Set(wanted.map(formatAddress));
    for (const [text, address] of this.#joined) {
      if (kept.has(text)) continue;
      this.#joined.delete(text);
      this.#memberships?.leave(address);
    }
  }

  /** Joins the IPv6 ones among the wanted that are not joined yet. @throws what the substitute throws. */
  async join(wanted: readonly IpAddress[]): Promise<void> {
    const refused = new Map<string, IpAddress>();
    for (const address of wanted) {
      const text = formatAddress(address);
      if (address.family !== 6 || this.#joined.has(text)) continue;
      try {
        this.#memberships ??= this.#options.openAnycast(this.#options.link);
        this.#memberships.join(address);
        this.#joined.set(text, address);
      } catch (error) {
        refused.set(text, address);
        if (!this.#refused.has(text)) this.#options.onRefused(address, error);
      }
    }
    this.#refused = refused;
    if (refused.size > 0) this.#substitute ??= this.#options.openSubstitute();
    await this.#substitute?.answer([...refused.values()]);
  }

  /** Keeps the substitute's answers coming. */
  refresh(): void {
    this.#substitute?.refresh();
  }

  /** Leaves all. @throws SystemCallError */
  async close(): Promise<void> {
    await this.#substitute?.close();
    this.#memberships?.close();
  }
}
