import { DEFAULT_TIMING, HeartbeatKeys } from "@fairlead/l2";
import { Pacer } from "@fairlead/runtime";
import { Layer2Announcer } from "../../src/announce/layer2/layer2-announcer.ts";
import { decide } from "../../src/plan/decide.ts";
import { type AnnouncerSubject, describeAnnouncer } from "../../src/testing/announcer-compliance.ts";
import { MemoryAnnouncer } from "../../src/testing/memory-announcer.ts";
import { aNode, aService, aSnapshot } from "../builders.ts";
import { LonelyNode, OWNED } from "../lonely-node.ts";

/** More than an owner that is no candidate any more answers on for lack of a successor. */
const SETTLED = OWNED + 2_000;

const planOf = (addresses: readonly string[], node: Parameters<typeof aNode>[1] = {}) => {
  const services = addresses.map((address) => aService({ name: address, uid: address, ingress: [address] }));
  return decide(aSnapshot({ nodes: [aNode("n1", node)], services, allocations: [] })).plan;
};
const PLANS = {
  of: (...addresses: string[]) => planOf(addresses),
  forbidden: (address: string) => planOf([address], { networkUnavailable: true }),
};

function startLayer2(): AnnouncerSubject {
  const node = new LonelyNode();
  let changes = 0;
  const announcer = new Layer2Announcer({
    ...node.ports,
    node: "n1",
    timing: DEFAULT_TIMING,
    keys: new HeartbeatKeys(),
    reporter: { status() {}, note() {}, observe() {} },
    clock: node.clock,
    log: node.log,
    words: new Pacer(node.clock, 100),
    onChange: () => {
      changes += 1;
    },
  });
  return {
    announcer,
    isAnnounced: (address) => node.answers(address),
    settle: () => node.pass(SETTLED),
    changes: () => changes,
    close: async () => {
      const stopped = announcer.stop();
      await node.pass(OWNED);
      await stopped;
    },
  };
}

function startMemory(): AnnouncerSubject {
  let changes = 0;
  const announcer = new MemoryAnnouncer("n1", () => {
    changes += 1;
  });
  return {
    announcer,
    isAnnounced: async (address) => announcer.announced.has(address),
    settle: async () => {},
    changes: () => changes,
    close: () => announcer.stop(),
  };
}

describeAnnouncer("Layer 2", startLayer2, PLANS);
describeAnnouncer("announcing in memory", startMemory, PLANS);
