import { expect } from "chai";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import type { Heartbeat } from "../../src/packet/heartbeat.ts";
import { owner, Subject, WANTED } from "./subject.ts";

const { interval, detection } = DEFAULT_TIMING;

describe("hearing other speakers", () => {
  it("answers a wish for tables once in half an interval", () => {
    const subject = owner();
    subject.now += interval;
    subject.hear("b");
    subject.now += interval;
    expect(subject.hear("b", { wantsTables: true })).to.deep.equal(["sendTable"]);
    expect(subject.hear("b", { wantsTables: true })).to.deep.equal([]);
    subject.now += interval / 2;
    expect(subject.hear("b", { wantsTables: true })).to.deep.equal(["sendTable"]);
  });

  it("sends its table to a speaker that comes, or comes anew", () => {
    const subject = owner();
    subject.now += interval;
    expect(subject.hear("b")).to.deep.equal(["peerUp", "sendTable"]);
    expect(subject.hear("b")).to.deep.equal([]);
    expect(subject.hear("b", { incarnation: 2n })).to.deep.equal(["sendTable"]);
  });

  it("takes no notice of a speaker until it has proved to live now", () => {
    const subject = new Subject();
    subject.take(WANTED);
    const recorded = () => subject.hold("b", "owned", 7, { highestEpoch: 9, echoes: [] });
    subject.until(detection, recorded);
    expect(recorded()).to.deep.equal(["ignored"]);
    expect(subject.until(2 * detection, recorded)).to.include("own NoOwner");
    expect(subject.state.highestEpoch).to.equal(1);
    expect(subject.hold("b", "owned", 7)).to.include("release RivalWins");
  });

  it("takes a speaker for dead though its heartbeats are repeated", () => {
    const subject = new Subject();
    subject.take(WANTED);
    const last: Partial<Heartbeat> = { sequence: 1_000 };
    subject.until(2 * detection, () => void subject.hold("b", "owned", 3));
    subject.hold("b", "owned", 3, last);
    expect(subject.until(3 * detection + 2 * interval, () => void subject.hold("b", "owned", 3, last))).to.deep.equal([
      "peerDown",
      "ask",
      "sendTable",
      "own OwnerSilent",
      "sendTable",
    ]);
  });
});
