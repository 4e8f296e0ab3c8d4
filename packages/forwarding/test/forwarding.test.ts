import { NftError } from "@fairlead/nftables";
import { SimulatedNft } from "@fairlead/nftables/testing";
import { expect } from "chai";
import { Forwarding } from "../src/forwarding.ts";
import { RecordedConntrack } from "../src/testing/recorded-conntrack.ts";
import { aPort, aTable, here, there } from "./builders.ts";

const ONE = aTable([aPort({ endpoints: [there("10.244.2.10")] })]);
const TWO = aTable([aPort({ endpoints: [there("10.244.2.10"), there("10.244.2.11")] })]);
const DNS = aPort({ protocol: "UDP", port: 53, endpoints: [there("10.244.2.10", 5353), here("10.244.1.10", 5353)] });

describe("Forwarding", () => {
  let nft: SimulatedNft;
  let conntrack: RecordedConntrack;
  let forwarding: Forwarding;
  beforeEach(() => {
    nft = new SimulatedNft();
    conntrack = new RecordedConntrack();
    forwarding = new Forwarding({ nft, conntrack });
  });

  it("replaces the table at first, then loads only changes", async () => {
    await forwarding.apply(ONE);
    await forwarding.apply(TWO);
    expect(nft.scripts.map(replaces)).to.deep.equal([true, false]);
  });

  it("loads nothing when nothing has changed", async () => {
    await forwarding.apply(ONE);
    await forwarding.apply(aTable([aPort({ endpoints: [there("10.244.2.10")] })]));
    expect(nft.scripts).to.have.length(1);
  });

  it("replaces the table after a failed load, even if nothing has changed since", async () => {
    await forwarding.apply(ONE);
    nft.failNext();
    const error: unknown = await forwarding.apply(TWO).catch((e) => e);
    expect(error).to.be.instanceOf(NftError);
    await forwarding.apply(TWO);
    await forwarding.apply(TWO);
    expect(nft.scripts.map(replaces)).to.deep.equal([true, false, true]);
    expect(nft.table("inet fairlead")?.sets.get("endpoints4")?.size).to.equal(2);
  });

  it("replaces the table when the mode changes", async () => {
    await forwarding.apply(ONE);
    await forwarding.apply({ ...ONE, mode: "nodePort" });
    expect(nft.scripts.map(replaces)).to.deep.equal([true, true]);
  });

  it("takes the table away in mode none, once", async () => {
    await forwarding.apply(ONE);
    await forwarding.apply({ ...ONE, mode: "none" });
    await forwarding.apply({ ...TWO, mode: "none" });
    expect(nft.table("inet fairlead")).to.equal(undefined);
    expect(nft.scripts).to.have.length(2);
  });

  it("removes everything, and can start again", async () => {
    await forwarding.apply(ONE);
    await forwarding.remove();
    expect(nft.table("inet fairlead")).to.equal(undefined);
    await forwarding.apply(ONE);
    expect(nft.table("inet fairlead")?.sets.get("vips4")?.size).to.equal(1);
  });

  it("carries out calls one after another", async () => {
    await Promise.all([forwarding.apply(ONE), forwarding.apply(TWO), forwarding.apply(ONE)]);
    expect(nft.scripts.map(replaces)).to.deep.equal([true, false, false]);
    expect(nft.table("inet fairlead")?.sets.get("endpoints4")?.size).to.equal(1);
  });

  describe("forgets flows", () => {
    it("to an endpoint that is gone, and only those", async () => {
      await forwarding.apply(aTable([DNS]));
      await forwarding.apply(aTable([{ ...DNS, endpoints: DNS.endpoints.slice(0, 1) }]));
      expect(conntrack.forgotten).to.deep.equal(["UDP 198.51.100.10 -> 10.244.1.10"]);
    });

    it("of TCP as of UDP: an unanswered SYN keeps its translation for two minutes", async () => {
      await forwarding.apply(TWO);
      await forwarding.apply(ONE);
      expect(conntrack.forgotten).to.deep.equal(["TCP 198.51.100.10 -> 10.244.2.11"]);
    });

    it("by port, where another port of the address is still sent to that endpoint", async () => {
      const ports = [80, 443].map((port) => aPort({ port, endpoints: [there("10.244.2.10", 8000 + port)] }));
      await forwarding.apply(aTable(ports));
      await forwarding.apply(aTable(ports.slice(0, 1)));
      expect(conntrack.forgotten).to.deep.equal(["TCP 198.51.100.10:443 -> 10.244.2.10:8443"]);
    });

    it("of an address that has no port any more, all at once", async () => {
      const ports = [80, 443].map((port) => aPort({ port, endpoints: [there("10.244.2.10", 8000 + port)] }));
      await forwarding.apply(aTable(ports));
      await forwarding.apply(aTable([]));
      expect(conntrack.forgotten).to.deep.equal(["TCP 198.51.100.10"]);
    });

    it("to all endpoints of a port that is gone, and to wherever only with the address", async () => {
      const http = aPort({ endpoints: [there("10.244.2.12")] });
      await forwarding.apply(aTable([DNS, http]));
      await forwarding.apply(aTable([http]));
      const dns = ["10.244.1.10", "10.244.2.10"].map((endpoint) => `UDP 198.51.100.10 -> ${endpoint}`);
      expect(conntrack.forgotten.splice(0)).to.deep.equal(dns);
      await forwarding.apply(aTable([DNS]));
      expect(conntrack.forgotten.splice(0)).to.deep.equal(["TCP 198.51.100.10 -> 10.244.2.12"]);
      await forwarding.apply(aTable([]));
      expect(conntrack.forgotten).to.deep.equal(["UDP 198.51.100.10"]);
    });

    const [web, old] = [there("10.244.2.20"), there("10.244.2.10")];
    const ready = { endpoints: [old, web] };
    const draining = { endpoints: [web], terminating: [old] };
    const gone = { endpoints: [web] };
    const unanswered = ["TCP 198.51.100.10 -> 10.244.2.10"];
    const all = ["TCP 198.51.100.10:80 -> 10.244.2.10:8080, over"];
    for (const [what, steps, forgotten] of [
      ["ready, and leaves the Service", [ready, gone], [[], unanswered]],
      ["ready, then terminating, then gone", [ready, draining, gone], [[], unanswered, all]],
      ["terminating when this speaker starts, then gone", [draining, gone], [[], all]],
      ["terminating, then ready again, and leaves", [draining, ready, gone], [[], [], unanswered]],
      [
        "the last one, serving though terminating, then gone",
        [{ endpoints: [old], terminating: [old] }, { endpoints: [] }],
        [[], all],
      ],
      ["terminating, and goes on being so", [draining, draining], [[], []]],
    ] as const) {
      it(`of an endpoint that is ${what}`, async () => {
        for (const [i, step] of steps.entries()) {
          await forwarding.apply(aTable([aPort(step)]));
          expect(conntrack.forgotten.splice(0), `step ${i}`).to.deep.equal(forgotten[i]);
        }
      });
    }

    it("after the next load that succeeds, if one fails", async () => {
      await forwarding.apply(aTable([DNS]));
      nft.failNext();
      await forwarding.apply(aTable([])).catch(() => undefined);
      expect(conntrack.forgotten).to.deep.equal([]);
      await forwarding.apply(aTable([]));
      expect(conntrack.forgotten).to.deep.equal(["UDP 198.51.100.10"]);
    });

    it("not for what goes through a NodePort: kube-proxy does", async () => {
      const port = { ...DNS, nodePort: 30053 };
      await forwarding.apply(aTable([port], { mode: "nodePort" }));
      await forwarding.apply(aTable([], { mode: "nodePort" }));
      expect(conntrack.forgotten).to.deep.equal([]);
    });

    it("not of SCTP, nor of what is served as before", async () => {
      const sctp = aPort({ protocol: "SCTP", port: 99, endpoints: [there("10.244.2.10")] });
      await forwarding.apply(aTable([sctp, DNS]));
      await forwarding.apply(aTable([DNS]));
      expect(conntrack.forgotten).to.deep.equal([]);
    });
  });
});

function replaces(script: string): boolean {
  return script.includes("delete table");
}
