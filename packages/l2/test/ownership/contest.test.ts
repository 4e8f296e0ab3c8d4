import { expect } from "chai";
import fc from "fast-check";
import { prevails, type Stake } from "../../src/ownership/contest.ts";

const ADDRESS = "192.0.2.50";
const stake = (node: string): fc.Arbitrary<Stake> =>
  fc.record({
    node: fc.constant(node),
    epoch: fc.integer({ min: 1, max: 3 }),
    state: fc.constantFrom("owned" as const, "claimed" as const),
  });

describe("prevails", () => {
  it("lets the higher epoch prevail, even if it only claims", () => {
    expect(
      prevails(ADDRESS, { node: "a", epoch: 2, state: "claimed" }, { node: "b", epoch: 1, state: "owned" }),
    ).to.equal(true);
  });

  it("lets the owner prevail over a claim of the same epoch", () => {
    for (const [owner, claimant] of [
      ["a", "b"],
      ["b", "a"],
    ] as const) {
      const owned: Stake = { node: owner, epoch: 1, state: "owned" };
      expect(prevails(ADDRESS, owned, { node: claimant, epoch: 1, state: "claimed" })).to.equal(true);
    }
  });

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
    const claim = (node: string): Stake => ({ node, epoch: 1, state: "claimed" });
    const winners = Array.from({ length: 64 }, (_, i) => prevails(`192.0.2.${i}`, claim("a"), claim("b")));
    expect(new Set(winners)).to.deep.equal(new Set([true, false]));
  });
});
