import { formatAddress } from "@fairlead/net";
import type { Conntrack, Flow } from "../ports.ts";

/** Records what it is told to forget: "UDP VIP:PORT -> ENDPOINT:PORT" (without brackets around IPv6), or without the ports. */
export class RecordedConntrack implements Conntrack {
  readonly forgotten: string[] = [];

  forget(flows: readonly Flow[]): void {
    for (const { protocol, vip, endpoint, ports } of flows) {
      const [from, to] = ports === undefined ? ["", ""] : [`:${ports.vip}`, `:${ports.endpoint}`];
      this.forgotten.push(`${protocol} ${formatAddress(vip)}${from} -> ${formatAddress(endpoint)}${to}`);
    }
  }
}
