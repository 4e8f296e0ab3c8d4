import type { ForwardingTable } from "@fairlead/forwarding";
import { expect } from "chai";
import { OfferedForwarding } from "../src/offered-forwarding.ts";

const table = (...last: number[]): ForwardingTable => {
  const nodeAddresses = last.map((value) => ({ family: 4, value: BigInt(value) }) as const);
  return { mode: "direct", ports: [], internal: [], nodeAddresses };
};

describe("forwarding that is offered", () => {
  let applied: ForwardingTable[];
  let offered: OfferedForwarding;
  beforeEach(() => {
    applied = [];
    offered = new OfferedForwarding({ apply: async (one) => void applied.push(one) });
  });

  it("is news the first time, and when it differs", () => {
    expect(offered.isNews(table())).to.equal(true);
    offered.offer(table());
    expect([offered.isNews(table()), offered.isNews(table(1))]).to.deep.equal([false, true]);
  });

  it("is applied when it is asked for, not when it is offered, and again if it is asked for again", async () => {
    const number = offered.offer(table(1));
    expect(applied).to.deep.equal([]);
    await offered.apply(number);
    await offered.apply(number);
    expect(applied).to.deep.equal([table(1), table(1)]);
  });

  it("is applied by number, although a newer one is there already", async () => {
    const [first, second] = [offered.offer(table(1)), offered.offer(table(2))];
    await offered.apply(first);
    await offered.apply(second);
    expect(applied).to.deep.equal([table(1), table(2)]);
  });

  it("is not kept once a newer one was asked for", async () => {
    const [first, second] = [offered.offer(table(1)), offered.offer(table(2))];
    await offered.apply(second);
    const error = await offered.apply(first).catch(String);
    expect(error).to.contain(`Cannot forward by table ${first}: it must be one of ${second}`);
  });

  it("fails as the node does", async () => {
    const failing = new OfferedForwarding({ apply: () => Promise.reject(new Error("no nft")) });
    expect(await failing.apply(failing.offer(table())).catch(String)).to.equal("Error: no nft");
  });
});
