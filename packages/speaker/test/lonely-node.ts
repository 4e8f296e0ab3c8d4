import { setImmediate as breath } from "node:timers/promises";
import { DEFAULT_TIMING, UserspaceResponder } from "@fairlead/l2";
import { NeighborClient, ndpOverFrames } from "@fairlead/l2/testing";
import { type MemoryHost, MemoryLan } from "@fairlead/linux/testing";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import type { NodePorts } from "../src/ports.ts";

const STEP = 10;
/** Enough to listen, to claim and to own. */
export const OWNED = DEFAULT_TIMING.detection + DEFAULT_TIMING.claim + 3 * DEFAULT_TIMING.interval;

/** Node n1, the only one, and a client on its LAN. */
export class LonelyNode {
  readonly clock = new FakeClock();
  readonly log = new MemoryLog();
  readonly host: MemoryHost;
  readonly client: NeighborClient;
  /** All that touches the node. */
  readonly ports: NodePorts;

  constructor() {
    const { clock } = this;
    const lan = new MemoryLan();
    this.host = lan.host("n1", "192.0.2.1/24");
    this.client = new NeighborClient({ ...lan.host("client", "192.0.2.100/24"), clock });
    const { links, openLinkSocket } = this.host;
    this.ports = {
      links,
      openLinkSocket,
      makeResponder: async (link) => {
        const openNdpSocket = ndpOverFrames(openLinkSocket);
        return new UserspaceResponder({ openLinkSocket, openNdpSocket, clock, link, timeoutMillis: 500 });
      },
    };
  }

  async pass(by: number): Promise<void> {
    for (let left = by; left > 0; left -= STEP) {
      await this.clock.advance(STEP);
      await breath();
      await breath();
    }
  }

  /** Whether the node answers the client for the address. */
  async answers(address: string): Promise<boolean> {
    this.client.ask(address);
    await this.pass(STEP);
    return (this.client.exchanges(address).at(-1)?.answers ?? []).length > 0;
  }
}
