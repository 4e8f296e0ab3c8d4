import { expect } from "chai";
import fc from "fast-check";
import { prevails, type Stake } from "../../src/ownership/contest.ts";

const ADDRESS = "192.0.2.50";
const stake = (node: string): fc.Arbitrary<Stake> =>
  fc.record({
    node: fc.constant(node),
    epoch: fc.integer({ min: 1, max: 3 }),
    state: fc.constantFrom("owned" as const, "claimed" as const, "yielding" as const),
    standing: fc.constantFrom("firm" as const, "lonely" as const, "slept" as const),
  });

describe("prevails", () => {
  const HOLDS = [
    ["owned", "firm"],
    ["owned", "lonely"],
    ["claimed", "firm"],
    ["claimed", "lonely"],
    ["owned", "slept"],
    ["yielding", "firm"],
  ] as const;
  for (const [i, [state, standing]] of HOLDS.entries()) {
    for (const [otherState, otherStanding] of HOLDS.slice(i + 1)) {
      it(`lets ${state}, ${standing}, prevail over ${otherState}, ${otherStanding}, of the same epoch`, () => {
        for (const [node, other] of ["ab", "ba"]) {
          const ours: Stake = { node: node ?? "", epoch: 1, state, standing };
          const theirs: Stake = { node: other ?? "", epoch: 1, state: otherState, standing: otherStanding };
          expect(prevails(ADDRESS, ours, theirs)).to.equal(true);
        }
      });
    }
  }

  it("lets the higher epoch prevail, whatever the rest", () =>
    fc.assert(
      fc.property(stake("a"), stake("b"), (a, b) => {
        expect(prevails(ADDRESS, { ...a, epoch: b.epoch + 1 }, b)).to.equal(true);
      }),
    ));

  it("lets exactly one of two nodes prevail", () =>
    fc.assert(
      fc.property(stake("a"), stake("b"), (a, b) => {
        expect(prevails(ADDRESS, a, b)).to.equal(!prevails(ADDRESS, b, a));
      }),
    ));

  it("has no circle of three that prevail over each other", () =>
    fc.assert(
      fc.property(stake("a"), stake("b"), stake("c"), (a, b, c) => {
        if (prevails(ADDRESS, a, b) && prevails(ADDRESS, b, c)) expect(prevails(ADDRESS, a, c)).to.equal(true);
      }),
    ));

  it("does not favour one node for all addresses", () => {
    const claim = (node: string): Stake => ({ node, epoch: 1, state: "claimed", standing: "firm" });
    const winners = Array.from({ length: 64 }, (_, i) => prevails(`192.0.2.${i}`, claim("a"), claim("b")));
    expect(new Set(winners)).to.deep.equal(new Set([true, false]));
  });
});
