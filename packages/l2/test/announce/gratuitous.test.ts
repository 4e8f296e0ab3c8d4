import { expect } from "chai";
import fc from "fast-check";
import { announcementDue, burstAmong, formsOf, isBurst } from "../../src/announce/gratuitous.ts";

const BURST = burstAmong(0);
const SHORT = burstAmong(5_000);

describe("announcementDue", () => {
  it("comes in a burst of growing distance first, whatever the chance", () => {
    const burst = Array.from({ length: 7 }, (_, sent) => announcementDue(sent, 0.9, BURST));
    expect(burst).to.deep.equal([0, 50, 150, 400, 1_000, 2_000, 4_000]);
  });

  it("comes once a minute then", () => {
    expect(announcementDue(7, 0, BURST)).to.equal(64_000);
    expect(announcementDue(8, 0, BURST)).to.equal(124_000);
  });

  it("comes up to a tenth of a minute early, by chance", () => {
    expect(announcementDue(7, 0.5, BURST)).to.equal(61_000);
    expect(announcementDue(8, 0.5, BURST)).to.equal(121_000);
  });

  it("never goes back in time", () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(1_000), chance, chance, fc.constantFrom(BURST, SHORT), (sent, one, other, burst) => {
        expect(announcementDue(sent + 1, one, burst)).to.be.above(announcementDue(sent, other, burst));
      }),
    );
  });

  it("comes once in each form, and then once a minute in both, of one among very many", () => {
    const first = [0, 1, 2, 3].map((sent) => ({
      at: announcementDue(sent, 0, SHORT),
      forms: formsOf(sent, SHORT).join(),
      inBurst: isBurst(sent, SHORT),
    }));
    expect(first).to.deep.equal([
      { at: 0, forms: "request", inBurst: true },
      { at: 1_000, forms: "reply", inBurst: true },
      { at: 61_000, forms: "request,reply", inBurst: false },
      { at: 121_000, forms: "request,reply", inBurst: false },
    ]);
  });

  it("has its whole burst among as many as a link bears", () => {
    expect(burstAmong(255)).to.equal(BURST);
    expect(burstAmong(256)).to.equal(SHORT);
  });
});
