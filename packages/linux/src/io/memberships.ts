import { formatAddress, type IpAddress } from "@fairlead/net";
import type { AnycastMemberships, Link } from "../ports.ts";
import { clearProxyDelay, restoreProxyDelay } from "./proxy-delay.ts";
import { MEMBERSHIP, RawIcmpv6 } from "./raw-icmpv6.ts";

// Memberships take option memory of their socket (net.core.optmem_max): 20 KiB on old kernels.
const MEMBERSHIPS_PER_SOCKET = 100;

/** Groups or anycast addresses joined on one link, on as many sockets as it takes. They end with the process. */
export class Memberships {
  readonly #link: Link;
  readonly #kind: keyof typeof MEMBERSHIP;
  readonly #sockets: { readonly socket: RawIcmpv6; count: number }[] = [];
  readonly #joined = new Map<string, { readonly socket: RawIcmpv6; count: number }>();

  constructor(link: Link, kind: keyof typeof MEMBERSHIP) {
    this.#link = link;
    this.#kind = kind;
  }

  /** Joins; nothing happens when it is joined already. @throws SystemCallError */
  join(address: IpAddress): void {
    const key = formatAddress(address);
    if (this.#joined.has(key)) return;
    let holder = this.#sockets.find(({ count }) => count < MEMBERSHIPS_PER_SOCKET);
    if (holder === undefined) {
      holder = { socket: new RawIcmpv6(this.#link, [], () => undefined), count: 0 };
      this.#sockets.push(holder);
    }
    holder.socket.membership("join", MEMBERSHIP[this.#kind].join, address);
    holder.count += 1;
    this.#joined.set(key, holder);
  }

  /** Leaves; nothing happens when it is not joined. @throws SystemCallError */
  leave(address: IpAddress): void {
    const key = formatAddress(address);
    const holder = this.#joined.get(key);
    if (holder === undefined) return;
    this.#joined.delete(key);
    holder.count -= 1;
    holder.socket.membership("leave", MEMBERSHIP[this.#kind].leave, address);
  }

  /** Leaves all. */
  close(): void {
    for (const { socket } of this.#sockets.splice(0)) socket.close();
    this.#joined.clear();
  }
}

/** Has the kernel answer for anycast addresses, at once. @throws SystemCallError */
export function openAnycast(link: Link): AnycastMemberships {
  clearProxyDelay(link);
  const memberships = new Memberships(link, "anycast");
  return {
    join: (address) => memberships.join(address),
    leave: (address) => memberships.leave(address),
    close() {
      memberships.close();
      restoreProxyDelay(link);
    },
  };
}
