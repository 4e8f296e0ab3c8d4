import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import type { NodeFacts } from "../../src/node-check/node-check.ts";
import { NodeWatch } from "../../src/node-check/node-watch.ts";

const FINE: NodeFacts = { capabilities: 0x3000n, nft: { version: "1.0.6" } };
const REFUSED = { features: [{ name: "fwd", why: "no" }] };

describe("NodeWatch", () => {
  let clock: FakeClock;
  let facts: NodeFacts;
  let looks: number;
  let watch: NodeWatch;
  beforeEach(() => {
    clock = new FakeClock();
    facts = FINE;
    looks = 0;
    const read = async () => {
      looks += 1;
      return facts;
    };
    watch = new NodeWatch({ read, answersInKernel: false, clock, log: new MemoryLog() });
    watch.start();
  });
  afterEach(() => watch.stop());
  const codes = () => watch.troubles.map(({ code }) => code);

  it("looks again while something stops the speaker, and sees when it is mended", async () => {
    facts = { ...FINE, nft: { why: "not there" } };
    await clock.advance(100);
    expect(codes()).to.deep.equal(["NftMissing"]);
    facts = FINE;
    await clock.advance(10_000);
    expect(codes()).to.deep.equal([]);
  });

  for (const [what, now] of [
    ["nothing is wrong", FINE],
    ["what is wrong stops nothing", { ...FINE, answers: REFUSED }],
  ] as const) {
    it(`looks once if ${what}`, async () => {
      facts = now;
      await clock.advance(60_000);
      expect(looks).to.equal(1);
    });
  }
});
