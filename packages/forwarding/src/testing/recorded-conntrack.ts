import { formatAddress } from "@fairlead/net";
import type { Conntrack, Flow } from "../ports.ts";

/**
 * Records what it is told to forget: "UDP VIP:PORT -> ENDPOINT:PORT" (without brackets around IPv6), or without what is absent;
 * ", over" behind what is.
 */
export class RecordedConntrack implements Conntrack {
  readonly forgotten: string[] = [];

  forget(flows: readonly Flow[]): void {
    for (const { protocol, vip, endpoint, isOver, ports } of flows) {
      const [from, to] = ports === undefined ? ["", ""] : [`:${ports.vip}`, `:${ports.endpoint}`];
      const where = endpoint === undefined ? "" : ` -> ${formatAddress(endpoint)}${to}`;
      this.forgotten.push(`${protocol} ${formatAddress(vip)}${from}${where}${isOver ? ", over" : ""}`);
    }
  }
}
