import { expect } from "chai";
import fc from "fast-check";
import { backoffDelay } from "../src/backoff.ts";

const LIMITS = { first: 100, most: 5_000 };

describe("backoffDelay", () => {
  for (const [failures, least, most] of [
    [1, 50, 100],
    [2, 100, 200],
    [6, 1_600, 3_200],
    [7, 2_500, 5_000],
    [10_000, 2_500, 5_000],
  ] as const) {
    it(`is from ${least} to ${most} ms after ${failures} failures`, () => {
      expect(backoffDelay(failures, LIMITS, 0)).to.equal(least);
      expect(backoffDelay(failures, LIMITS, 1)).to.equal(most);
    });
  }

  it("never shrinks with another failure", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 0.99, noNaN: true }),
        (failures, random) => {
          expect(backoffDelay(failures + 1, LIMITS, random)).to.be.at.least(backoffDelay(failures, LIMITS, random));
        },
      ),
    ));
});
