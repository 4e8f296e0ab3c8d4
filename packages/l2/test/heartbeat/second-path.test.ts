import { parseAddress, parsePrefix } from "@fairlead/net";
import { expect } from "chai";
import { SecondPath } from "../../src/heartbeat/second-path.ts";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import { HEARTBEAT_ETHERTYPE } from "../../src/packet/heartbeat.ts";
import { Bench, type BenchNode, wanted } from "../driver-bench.ts";

const { interval, detection } = DEFAULT_TIMING;
const OWN = [parsePrefix("192.0.2.1/24")];
const ADDRESS = "192.0.2.50";

describe("SecondPath", () => {
  /** How many heartbeats go to b by unicast in each of so many seconds. */
  const perSecond = (seconds: number, between: (path: SecondPath, now: number) => void, addresses = ["192.0.2.2"]) => {
    const path = new SecondPath(DEFAULT_TIMING);
    path.learn("b", addresses.map(parseAddress), OWN, 0);
    return Array.from({ length: seconds }, (_, second) => {
      let sent = 0;
      for (let now = 1_000 * second; now < 1_000 * (second + 1); now += interval) {
        between(path, now);
        sent += path.targets(now).length;
      }
      return sent;
    });
  };

  it("sends nothing to who is heard on the link", () => {
    expect(perSecond(3, (path, now) => path.heardOnLink("b", now))).to.deep.equal([0, 0, 0]);
  });

  it("sends every heartbeat to who is not heard, then one a second, then one in ten", () => {
    const sent = perSecond(90, () => {});
    expect(sent.slice(0, 5)).to.deep.equal([10, 10, 1, 1, 1]);
    expect(sent.slice(70).reduce((sum, each) => sum + each)).to.equal(2);
  });

  it("sends every heartbeat to who asks by unicast, even if it is heard on the link", () => {
    expect(
      perSecond(5, (path, now) => {
        path.heardAside("b", true, now);
        path.heardOnLink("b", now);
      }),
    ).to.deep.equal([10, 10, 10, 10, 10]);
  });

  it("begins before the speaker counts as gone", () => {
    const path = new SecondPath(DEFAULT_TIMING);
    path.learn("b", [parseAddress("192.0.2.2")], OWN, 0);
    path.heardOnLink("b", 1_000);
    expect(path.targets(1_000 + 2 * interval)).to.deep.equal([]);
    expect(path.targets(1_000 + 3 * interval)).to.have.length(1);
    expect(3 * interval).to.be.below(detection);
  });

  it("sends nothing to an address that is not on the link, and nothing to a node that is forgotten", () => {
    expect(perSecond(2, () => {}, ["198.51.100.2", "2001:db8::2"])).to.deep.equal([0, 0]);
    expect(perSecond(2, (path) => path.forget("b"))).to.deep.equal([0, 0]);
  });

  describe("tells that a speaker is heard by unicast alone", () => {
    /** Seconds in which it is told, of a neighbor that is heard aside with every heartbeat and on the link in some seconds. */
    const toldIn = (seconds: number, isOnLink: (second: number) => boolean, asks = true) => {
      const path = new SecondPath(DEFAULT_TIMING);
      path.learn("b", [parseAddress("192.0.2.2")], OWN, 0);
      path.heardOnLink("b", 0);
      const told: number[] = [];
      for (let now = interval; now < 1_000 * seconds; now += interval) {
        const second = Math.floor(now / 1_000);
        if (isOnLink(second)) path.heardOnLink("b", now);
        if (path.heardAside("b", asks, now)) told.push(second);
      }
      return told;
    };

    it("once, when that has lasted", () => expect(toldIn(30, () => false)).to.deep.equal([5]));
    it("whoever was the first to miss heartbeats", () => expect(toldIn(30, () => false, false)).to.deep.equal([5]));
    it("again, after it was heard on the link", () =>
      expect(toldIn(30, (second) => second === 10)).to.deep.equal([5, 16]));
    it("not of heartbeats that are late on the link", () =>
      expect(toldIn(30, (second) => second % 4 === 0)).to.deep.equal([]));
  });

  it("says nothing of one that comes by unicast now and then", () => {
    const path = new SecondPath(DEFAULT_TIMING);
    path.learn("b", [parseAddress("192.0.2.2")], OWN, 0);
    const told = [1, 3, 5, 7, 9].map((second) => path.heardAside("b", false, 1_000 * second));
    expect(told).to.deep.equal([false, false, false, false, false]);
  });
});

describe("speakers whose heartbeats the switch drops", () => {
  let bench: Bench;
  let nodes: readonly BenchNode[];
  const addresses = Array.from({ length: 9 }, (_, i) => `192.0.2.${50 + i}`);
  const owners = (address: string) => nodes.filter(({ agent }) => agent.owned.has(address)).length;
  beforeEach(async () => {
    bench = new Bench();
    nodes = ["a", "b", "c"].map((name) => bench.node(name));
    for (const { agent } of nodes) {
      agent.know(new Map(["a", "b", "c"].map((name, i) => [name, [parseAddress(`192.0.2.${i + 1}`)]])), []);
      agent.want(wanted(addresses, "a", "b", "c"));
    }
  });
  afterEach(() => bench.close());

  it("go on as before, and say so", async () => {
    await bench.pass(5_000);
    const before = nodes.map(({ moves }) => moves.length);
    const idle = bench.datagrams;
    await bench.pass(5_000);
    expect(bench.datagrams, "nothing goes by unicast while all is well").to.equal(idle);
    bench.lan.dropped.add(HEARTBEAT_ETHERTYPE);
    for (let i = 0; i < 60; i++) {
      await bench.pass(1_000);
      for (const address of addresses) expect(owners(address), address).to.equal(1);
    }
    expect(nodes.map(({ moves }) => moves.length)).to.deep.equal(before);
    for (const { log } of nodes)
      expect(log.lines.map(({ message }) => message)).to.include(
        "heartbeats come by unicast alone: the network drops EtherType 0x88b5 or multicast",
      );
    bench.lan.dropped.clear();
    await bench.pass(5_000);
    const after = bench.datagrams;
    await bench.pass(5_000);
    expect(bench.datagrams, "nothing goes by unicast any more").to.equal(after);
  });

  it("find one another when they start", async () => {
    bench.lan.dropped.add(HEARTBEAT_ETHERTYPE);
    await bench.pass(10_000);
    for (const address of addresses) expect(owners(address), address).to.equal(1);
  });

  it("take over from one that is gone as fast as ever", async () => {
    await bench.pass(5_000);
    bench.lan.dropped.add(HEARTBEAT_ETHERTYPE);
    await bench.pass(2_000);
    const [owner] = nodes.filter(({ agent }) => agent.owned.has(ADDRESS));
    owner?.host.cut();
    await bench.pass(detection + 2 * interval);
    expect(nodes.filter((node) => node !== owner && node.agent.owned.has(ADDRESS))).to.have.length(1);
  });
});
