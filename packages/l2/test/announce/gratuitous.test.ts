import { expect } from "chai";
import fc from "fast-check";
import { announcementDue } from "../../src/announce/gratuitous.ts";

describe("announcementDue", () => {
  it("comes in a burst of growing distance first, whatever the chance", () => {
    const burst = Array.from({ length: 7 }, (_, sent) => announcementDue(sent, 0.9));
    expect(burst).to.deep.equal([0, 50, 150, 400, 1_000, 2_000, 4_000]);
  });

  it("comes once a minute then", () => {
    expect(announcementDue(7, 0)).to.equal(64_000);
    expect(announcementDue(8, 0)).to.equal(124_000);
  });

  it("comes up to a tenth of a minute early, by chance", () => {
    expect(announcementDue(7, 0.5)).to.equal(61_000);
    expect(announcementDue(8, 0.5)).to.equal(121_000);
  });

  it("never goes back in time", () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(1_000), chance, chance, (sent, one, other) => {
        expect(announcementDue(sent + 1, one)).to.be.above(announcementDue(sent, other));
      }),
    );
  });
});
