import { expect } from "chai";
import fc from "fast-check";
import { AddressSet } from "../src/address-set.ts";
import { rangeSize } from "../src/range.ts";

const MOST = 40;
const change = fc.record({ add: fc.boolean(), value: fc.nat(MOST) });

describe("AddressSet", () => {
  it("has what was added and not removed, whatever the order", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 80 }), fc.nat(MOST), fc.nat(MOST), (changes, a, b) => {
        const set = new AddressSet();
        const model = new Set<number>();
        for (const { add, value } of changes) {
          if (add) {
            set.add(BigInt(value));
            model.add(value);
          } else {
            set.delete(BigInt(value));
            model.delete(value);
          }
        }
        for (let value = 0; value <= MOST; value++) {
          expect(set.has(BigInt(value)), `${value}`).to.equal(model.has(value));
          let next = value;
          while (model.has(next)) next += 1;
          expect(set.nextAbsent(BigInt(value)), `after ${value}`).to.equal(BigInt(next));
        }
        const [first, last] = a < b ? [a, b] : [b, a];
        const runs = set.within({ family: 4, first: BigInt(first), last: BigInt(last) });
        const expected = [...model].filter((value) => first <= value && value <= last).length;
        expect(Number(runs.reduce((sum, run) => sum + rangeSize(run), 0n))).to.equal(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("reaches the ends of a family", () => {
    const set = new AddressSet();
    const top = 2n ** 128n - 1n;
    for (const value of [0n, top]) set.add(value);
    expect([set.nextAbsent(0n), set.nextAbsent(top), set.has(top - 1n)]).to.deep.equal([1n, top + 1n, false]);
  });
});
