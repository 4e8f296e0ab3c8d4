import { expect } from "chai";
import type { OwnershipEvent } from "../../src/ownership/event.ts";
import { mayAnswer } from "../../src/ownership/ownership.ts";
import type { OwnershipState } from "../../src/ownership/state.ts";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import { LINK } from "../builders.ts";
import { ADDRESS, owner, Subject, WANTED } from "./subject.ts";

const { interval, detection } = DEFAULT_TIMING;

describe("a speaker that was stopped or had no carrier", () => {
  for (const first of [
    { kind: "tick" },
    WANTED,
    { kind: "link", link: LINK },
    { kind: "leave" },
  ] satisfies OwnershipEvent[]) {
    it(`notices that it was stopped, and blames nobody, when a ${first.kind} comes first`, () => {
      const subject = new Subject();
      subject.take(WANTED);
      subject.until(2 * detection, () => void subject.hold("b", "owned", 3));
      subject.now += 10 * detection;
      expect(subject.take(first)[0]).to.equal("slept");
      expect(mayAnswer(subject.state, subject.now)).to.equal(false);
      expect(subject.state.peers.has("b")).to.equal(true);
      expect(subject.holding).to.equal(undefined);
    });
  }

  it("notices that it was stopped when a heartbeat comes first, and yields before it answers", () => {
    const subject = owner();
    subject.now += 10 * detection;
    expect(subject.hold("b", "owned", 2)).to.deep.equal([
      "slept",
      "sendTable",
      "peerUp",
      "sendTable",
      "release RivalWins",
      "sendTable",
    ]);
    expect(mayAnswer(subject.state, subject.now)).to.equal(false);
  });

  it("listens only briefly after a stop that nobody can have noticed", () => {
    const subject = owner();
    subject.now += detection - 1;
    subject.take({ kind: "tick" });
    expect(mayAnswer(subject.state, subject.now + 2 * interval - 1)).to.equal(false);
    expect(mayAnswer(subject.state, subject.now + 2 * interval)).to.equal(true);
  });

  it("gives everything up without carrier, and listens first when it is back", () => {
    const subject = owner();
    expect(subject.take({ kind: "link", link: { ...LINK, up: false } })).to.include("release NotCandidate");
    subject.until(subject.now + 5 * detection);
    expect(subject.holding).to.equal(undefined);
    subject.take({ kind: "link", link: LINK });
    expect(subject.until(subject.now + detection - 1)).to.deep.equal([]);
  });

  it("stands back after a stop behind any take-over, and firm again when there was none", () => {
    const subject = owner();
    subject.hear("b");
    subject.now += detection;
    expect(subject.take({ kind: "tick" })).to.deep.equal(["slept", "sendTable"]);
    expect(holdingOf(subject).standing).to.equal("slept");
    const other: OwnershipState = subject.state;
    expect(subject.hold("b", "owned", 1, {}, "lonely")).to.include("release RivalWins");
    subject.state = other;
    subject.until(subject.now + detection, () => void subject.hear("b"));
    expect(holdingOf(subject).standing).to.equal("firm");
  });
});

function holdingOf(subject: Subject) {
  const holding = subject.state.holdings.get(ADDRESS);
  if (holding === undefined) throw new Error("nothing held");
  return holding;
}
