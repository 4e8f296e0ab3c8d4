import { expect } from "chai";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import type { Doubt } from "../../src/packet/doubt.ts";
import { ADDRESS, owner, Subject, WANTED } from "./subject.ts";

const { interval } = DEFAULT_TIMING;
const DOUBT: Doubt = { address: ADDRESS, code: "NotSeenOnWire" };
const OTHER: Doubt = { address: "192.0.2.99", code: "NotSeenOnWire" };

/** How many repairs there are while b doubts in every heartbeat for so long. */
function repairs(subject: Subject, millis: number, doubts: readonly Doubt[]): number {
  const end = subject.now + millis;
  const heard: string[] = [];
  subject.until(end, () => heard.push(...subject.hear("b", { doubts })));
  return heard.filter((effect) => effect === "repair").length;
}

describe("an owner whose answers another speaker doubts", () => {
  it("makes them again at once", () => expect(repairs(owner(), interval, [DOUBT])).to.equal(1));

  it("does so among other doubts", () => expect(repairs(owner(), interval, [OTHER, DOUBT])).to.equal(1));

  it("does so every ten seconds while it is told", () => expect(repairs(owner(), 25_000, [DOUBT])).to.equal(3));

  it("does nothing about what it does not own", () => expect(repairs(owner(), 25_000, [OTHER])).to.equal(0));

  it("does nothing while it only claims", () => {
    const subject = new Subject();
    subject.take(WANTED);
    expect(repairs(subject, 2 * interval, [DOUBT])).to.equal(0);
  });

  it("believes no recording", () => {
    const subject = owner();
    subject.hear("b", { sequence: 9 });
    expect(subject.hear("b", { sequence: 9, doubts: [DOUBT] })).to.deep.equal(["ignored"]);
  });
});
