import { formatAddress } from "@fairlead/net";
import type { Conntrack, UdpFlow } from "../forwarding/ports.ts";

/** Records what it is told to forget: "VIP:PORT -> ENDPOINT:PORT" (without brackets around IPv6 addresses). */
export class RecordedConntrack implements Conntrack {
  readonly forgotten: string[] = [];

  async forget({ vip, port, endpoint, endpointPort }: UdpFlow): Promise<void> {
    this.forgotten.push(`${formatAddress(vip)}:${port} -> ${formatAddress(endpoint)}:${endpointPort}`);
  }
}
