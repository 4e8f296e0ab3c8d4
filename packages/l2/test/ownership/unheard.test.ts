import { expect } from "chai";
import { rank } from "../../src/ownership/placement.ts";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import { ADDRESS, owner, Subject, WANTED } from "./subject.ts";

const { interval, detection, claim } = DEFAULT_TIMING;

/** Node a, which has just claimed what b owned, as b has fallen silent. */
function heir(): Subject {
  const subject = new Subject();
  subject.take(WANTED);
  subject.until(2 * detection, () => void subject.hold("b", "owned", 3));
  expect(subject.until(3 * detection)).to.include("ask");
  expect(subject.holding).to.equal("claimed");
  return subject;
}
const SEEN = { kind: "seen", address: ADDRESS, node: "b" } as const;

describe("an owner whose heartbeats do not come through", () => {
  it("is asked on the wire before another one takes over, and followed if it does not answer", () => {
    const subject = heir();
    subject.until(subject.now + claim);
    expect(subject.holding).to.equal("owned");
  });

  it("keeps the address while it answers, and is asked every second", () => {
    const subject = heir();
    expect(subject.take(SEEN)).to.deep.equal(["release OwnerAnswers", "sendTable"]);
    let asked = 0;
    for (let i = 0; i < 60; i++) {
      const effects = subject.until(subject.now + 1_000);
      asked += effects.filter((effect) => effect === "ask").length;
      subject.take(SEEN);
      expect(subject.holding).to.equal(undefined);
    }
    expect(asked).to.be.within(55, 61);
  });

  it("is followed within two seconds and a claim when it answers no more", () => {
    const subject = heir();
    subject.take(SEEN);
    subject.until(subject.now + 2_000 + 2 * interval);
    expect(subject.holding).to.equal("owned");
  });

  it("is asked too by who takes it from one that had only claimed it", () => {
    const subject = new Subject();
    subject.take(WANTED);
    subject.until(2 * detection, () => void subject.hold("b", "owned", 3));
    const none = { tableVersion: 99, table: { part: 0, parts: 1, entries: [] } };
    subject.hold("c", "claimed", 4);
    subject.hear("c", none);
    const effects = subject.until(6 * detection, () => void subject.hear("c", none));
    expect(effects.slice(0, effects.indexOf("own OwnerReleased"))).to.include("ask");
  });

  it("keeps it without another epoch when it is heard again", () => {
    const subject = heir();
    subject.take(SEEN);
    subject.until(subject.now + 1_000, () => void subject.hold("b", "owned", 3));
    expect(subject.state.unheard.size).to.equal(0);
    expect(subject.holding).to.equal(undefined);
  });

  it("and another one that owns it too: the one that ranks first stays", () => {
    for (const other of ["b", "c", "d", "e", "f"]) {
      const subject = owner();
      subject.take({ kind: "seen", address: ADDRESS, node: other });
      const stays = rank(ADDRESS, ["a", other])[0] === "a";
      expect(subject.holding, other).to.equal(stays ? "owned" : undefined);
    }
  });

  it("does not matter while it is heard", () => {
    const subject = owner();
    subject.hear("b");
    expect(subject.take(SEEN)).to.deep.equal([]);
    expect(subject.holding).to.equal("owned");
  });
});
