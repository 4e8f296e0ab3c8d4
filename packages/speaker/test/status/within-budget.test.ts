import { expect } from "chai";
import fc from "fast-check";
import { withinBudget } from "../../src/status/within-budget.ts";

const octets = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const within = (status: Readonly<Record<string, unknown>>, budget: number) =>
  withinBudget(status, JSON.stringify(status), budget);

describe("a status within a budget", () => {
  it("is itself when it fits", () => {
    const status = { owned: 2, layer2: { addresses: ["a", "b"] } };
    expect(within(status, octets(status))).to.equal(status);
  });

  it("loses the last entries of its longest lists, at any depth, and nothing else", () => {
    const many = Array.from({ length: 100 }, (_, i) => `address ${i}`);
    const status = { owned: 100, nodes: ["n2"], layer2: { refused: 3, addresses: many, refusals: ["x", "y"] } };
    const kept = within(status, octets(status) / 2) as typeof status;
    expect(kept).to.deep.include({ owned: 100, nodes: ["n2"] });
    expect(kept.layer2).to.deep.include({ refused: 3, refusals: ["x", "y"] });
    expect(kept.layer2.addresses).to.deep.equal(many.slice(0, kept.layer2.addresses.length));
    expect(octets(kept)).to.be.within(octets(status) / 2 - 20, octets(status) / 2);
  });

  it("is never longer than the budget, whatever the lists", () => {
    const list = fc.array(fc.string({ unit: "grapheme", maxLength: 30 }), { maxLength: 40 });
    fc.assert(
      fc.property(list, list, list, fc.integer({ min: 120, max: 2_000 }), (a, b, c, budget) => {
        const status = { count: a.length, a, inner: { b, deeper: { c } } };
        const kept = within(status, budget) as typeof status;
        expect(octets(kept)).to.be.at.most(Math.max(budget, 0));
        for (const [all, some] of [
          [a, kept.a],
          [b, kept.inner.b],
          [c, kept.inner.deeper.c],
        ] as const) {
          expect(some).to.deep.equal(all.slice(0, some.length));
        }
      }),
    );
  });
});
