import { expect } from "chai";
import { HeartbeatKeys } from "../src/heartbeat/keys.ts";
import { DEFAULT_TIMING } from "../src/ownership/timing.ts";
import { HEARTBEAT_ETHERTYPE, HEARTBEAT_GROUP } from "../src/packet/heartbeat.ts";
import { Bench, RecordingResponder, wanted } from "./driver-bench.ts";

const { interval, detection, claim } = DEFAULT_TIMING;
const NODES = ["worker-node-1", "worker-node-2", "worker-node-3", "worker-node-4", "worker-node-5"];
const ADDRESSES = Array.from({ length: 1_000 }, (_, i) => `192.0.${2 + (i >> 8)}.${i & 255}`);

describe("Heartbeats of 5 nodes with 1,000 addresses", () => {
  it("take no more than 20 kbit/s of each node while nothing changes, and every address has an owner", async () => {
    const bench = new Bench(16);
    const octets = new Map<string, number>();
    const ear = bench.lan.host("counter", "192.0.2.253/16");
    const count = (frame: Uint8Array) => {
      const source = Buffer.from(frame.subarray(6, 12)).toString("hex");
      octets.set(source, (octets.get(source) ?? 0) + frame.length);
    };
    ear.openLinkSocket(ear.link(), [HEARTBEAT_ETHERTYPE], count, { groups: [HEARTBEAT_GROUP] });
    const nodes = NODES.map((name) => {
      return bench.node(name, new RecordingResponder(name, bench.journal), new HeartbeatKeys(["a key of the cluster"]));
    });
    for (const { agent } of nodes) agent.want(wanted(ADDRESSES, ...NODES));
    await bench.pass(2 * detection + claim + 2 * interval);
    expect(nodes.flatMap(({ agent }) => [...agent.owned.keys()])).to.have.members(ADDRESSES);
    octets.clear();
    await bench.pass(10_000);
    const kilobits = [...octets.values()].map((total) => (total * 8) / 10 / 1_000);
    expect(kilobits).to.have.length(NODES.length);
    expect(Math.max(...kilobits)).to.be.within(1, 20);
    await bench.close();
  });
});
