import { parseRange } from "@fairlead/net";
import { expect } from "chai";
import { Bench, wanted } from "../driver-bench.ts";

const ADDRESS = "192.0.2.50";

describe("an owner that nobody sees answer", () => {
  it("is found by another speaker, told so, and makes its answers anew, not more often than needed", async () => {
    const bench = new Bench();
    // Their responders only write down what they are told: on the wire nobody answers.
    const nodes = [bench.node("a"), bench.node("b")];
    for (const { agent } of nodes) {
      agent.know(new Map(), [parseRange("192.0.2.48/28")]);
      agent.want(wanted([ADDRESS], "a", "b"));
    }
    await bench.pass(7_000);
    const [owner] = nodes.filter(({ agent }) => agent.owned.has(ADDRESS));
    const [other] = nodes.filter((node) => node !== owner);
    const name = owner === nodes[0] ? "a" : "b";
    expect(other?.findings).to.have.length(1);
    expect(other?.findings[0]).to.deep.include({ address: ADDRESS, code: "NotSeenOnWire", owner: name, macs: [] });
    expect(bench.journal.filter((line) => line === `${name} repairs`)).to.have.length(1);
    await bench.pass(30_000);
    expect(bench.journal.filter((line) => line === `${name} repairs`)).to.have.length.within(2, 4);
    expect(other?.findings).to.have.length(1);
    await bench.close();
  });
});
