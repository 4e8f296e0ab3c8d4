import { parseRange } from "@fairlead/net";
import { expect } from "chai";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import { Bench, type BenchNode, wanted } from "../driver-bench.ts";
import { StrangeHost } from "../stranger.ts";

const { interval, detection, probe } = DEFAULT_TIMING;
const POOL = ["192.0.2.48/28", "2001:db8::/64"].map(parseRange);

for (const address of ["192.0.2.50", "2001:db8::50"]) {
  describe(`a stranger with ${address}`, () => {
    let bench: Bench;
    let a: BenchNode;
    beforeEach(() => {
      bench = new Bench();
      a = bench.node("a");
      a.agent.know(new Map(), POOL);
    });
    afterEach(() => bench.close());

    const comes = () => new StrangeHost(bench.lan.host("stranger", "192.0.2.99/24"), address);
    const want = async () => {
      a.agent.want(wanted([address], "a"));
      await bench.pass(detection + probe + interval);
    };

    it("is found before the first announcement, named, and left alone", async () => {
      const { mac } = comes();
      await want();
      expect([...a.agent.owned.keys()]).to.deep.equal([]);
      expect(bench.journal.filter((line) => line.startsWith("a announces"))).to.deep.equal([]);
      expect(a.conflicts).to.have.length(1);
      expect(a.conflicts[0]).to.include({ address, link: "eth0", mac, code: "AddressInUse" });
    });

    it("that leaves is followed within half a minute", async () => {
      const stranger = comes();
      await want();
      stranger.leave();
      await bench.pass(31_000);
      expect([...a.agent.owned.keys()]).to.deep.equal([address]);
      expect(a.agent.report().strangers.size).to.equal(0);
    });

    it("that answers a neighbour later is named, and the address announced once more", async () => {
      await want();
      await bench.pass(10_000);
      const before = bench.journal.length;
      const stranger = comes();
      for (let i = 0; i < 5; i++) {
        stranger.announce();
        await bench.pass(1_000);
      }
      expect([...a.agent.owned.keys()]).to.deep.equal([address]);
      expect(a.conflicts.map(({ code, mac }) => ({ code, mac }))).to.deep.equal([
        { code: "AddressConflict", mac: stranger.mac },
      ]);
      expect(a.agent.report().strangers.get(address)?.times).to.be.at.least(5);
      const after = bench.journal.slice(before).filter((line) => line.startsWith("a announces"));
      expect(after).to.have.length(address.includes(":") ? 1 : 2);
    });
  });
}

describe("another speaker", () => {
  it("is no stranger", async () => {
    const bench = new Bench();
    const [a, b] = [bench.node("a"), bench.node("b")];
    for (const { agent } of [a, b]) {
      agent.know(new Map(), POOL);
      agent.want(wanted(["192.0.2.50", "192.0.2.51", "192.0.2.52"], "a", "b"));
    }
    await bench.pass(10_000);
    expect(a.agent.owned.size + b.agent.owned.size).to.equal(3);
    expect([...a.conflicts, ...b.conflicts]).to.deep.equal([]);
    await bench.close();
  });
});
