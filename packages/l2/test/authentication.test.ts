import { metrics } from "@fairlead/runtime";
import { expect } from "chai";
import { HeartbeatKeys } from "../src/heartbeat/keys.ts";
import { DEFAULT_TIMING } from "../src/ownership/timing.ts";
import { encodeEthernet } from "../src/packet/ethernet.ts";
import { HEARTBEAT_ETHERTYPE, HEARTBEAT_GROUP } from "../src/packet/heartbeat.ts";
import { Bench, type BenchNode, RecordingResponder, wanted } from "./driver-bench.ts";

const { interval, detection, probe } = DEFAULT_TIMING;
const ADDRESS = "192.0.2.50";

async function ignored(cause: string): Promise<number> {
  const metric = metrics.getSingleMetric("fairlead_l2_heartbeats_ignored_total");
  const { values = [] } = (await metric?.get()) ?? {};
  return values.find(({ labels }) => labels.cause === cause)?.value ?? 0;
}

describe("LinkAgents with keys", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => bench.close());

  const start = (name: string, ...keys: string[]): BenchNode => {
    const node = bench.node(name, new RecordingResponder(name, bench.journal), new HeartbeatKeys(keys));
    node.agent.want(wanted([ADDRESS], "a", "b"));
    return node;
  };
  const settle = () => bench.pass(2 * detection + probe + interval);
  const warnings = ({ log }: BenchNode) => log.lines.filter(({ level }) => level === "warn");

  it("Y-52: know each other by the same key", async () => {
    const [a, b] = [start("a", "key"), start("b", "key")];
    await settle();
    expect([a.agent.report().neighbors, b.agent.report().neighbors]).to.deep.equal([["b"], ["a"]]);
    expect(a.agent.owned.size + b.agent.owned.size).to.equal(1);
    expect([...warnings(a), ...warnings(b)]).to.deep.equal([]);
  });

  for (const { what, keys, cause } of [
    { what: "another key", keys: ["other"], cause: "WrongKey" },
    { what: "no key", keys: [], cause: "Unauthenticated" },
  ]) {
    it(`ignore one that has ${what}, count it, and say so once`, async () => {
      const before = await ignored(cause);
      const a = start("a", "key");
      start("b", ...keys);
      await settle();
      expect(a.agent.report().neighbors).to.deep.equal([]);
      expect(a.agent.owned.size).to.equal(1);
      expect(await ignored(cause)).to.be.above(before + 5);
      expect(warnings(a).map(({ fields }) => fields.cause)).to.deep.equal([cause]);
    });
  }

  it("count what is no heartbeat", async () => {
    const before = await ignored("Malformed");
    const a = start("a");
    const stranger = bench.lan.host("stranger", "192.0.2.200/24");
    const socket = stranger.openLinkSocket(stranger.link(), [HEARTBEAT_ETHERTYPE], () => undefined);
    const source = stranger.link().mac;
    const frame = {
      destination: a.host.link().mac,
      source,
      etherType: HEARTBEAT_ETHERTYPE,
      payload: new Uint8Array(64),
    };
    socket.send(encodeEthernet(frame));
    await bench.pass(interval);
    expect(await ignored("Malformed")).to.equal(before + 1);
    expect(warnings(a)).to.have.length(1);
  });

  it("ignore frames that somebody recorded and sends again, and count them", async () => {
    const [a, b] = [start("a", "key"), start("b", "key")];
    const attacker = bench.lan.host("attacker", "192.0.2.201/24");
    const recorded: Uint8Array[] = [];
    const hear = (frame: Uint8Array) => void recorded.push(frame.slice());
    const socket = attacker.openLinkSocket(attacker.link(), [HEARTBEAT_ETHERTYPE], hear, { groups: [HEARTBEAT_GROUP] });
    await settle();
    const [owner, other] = a.agent.owned.size > 0 ? [a, b] : [b, a];
    await owner.agent.close();
    const frames = recorded.splice(0);
    const before = await ignored("Replayed");
    for (const frame of frames) {
      socket.send(frame);
      await bench.pass(interval / 2);
    }
    expect(frames.length).to.be.above(20);
    expect([...other.agent.owned.keys()]).to.deep.equal([ADDRESS]);
    expect(other.agent.report().neighbors).to.deep.equal([]);
    expect(await ignored("Replayed")).to.be.above(before + 10);
  });
});
