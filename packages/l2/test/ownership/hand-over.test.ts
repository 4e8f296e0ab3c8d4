import { expect } from "chai";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import { nodesNamed } from "../builders.ts";
import { ADDRESS, manyAddresses, owner, Subject, WANTED } from "./subject.ts";

const { interval, detection } = DEFAULT_TIMING;

describe("handing over", () => {
  it("answers until its successor does when it leaves", () => {
    const subject = owner();
    subject.hear("b");
    expect(subject.take({ kind: "leave" })).to.include("sendTable");
    expect(subject.hold("b", "claimed", 2)).not.to.include("release Leaving");
    expect(subject.holding).to.equal("yielding");
    expect(subject.hold("b", "owned", 2)).to.include("release Leaving");
  });

  it("hands over what it is no candidate for any more, but not for ever", () => {
    const subject = owner();
    subject.hear("b");
    const unfit = new Map([[ADDRESS, { nodes: nodesNamed("b") }]]);
    expect(subject.take({ kind: "wanted", wanted: unfit, ready: true })).to.deep.equal(["sendTable"]);
    expect(subject.holding).to.equal("yielding");
    const idle = () => void subject.hear("b");
    expect(subject.until(subject.now + 2 * detection - 1, idle)).to.deep.equal([]);
    expect(subject.until(subject.now + 1, idle)).to.include("release NotCandidate");
  });

  it("stays the owner when it becomes a candidate again before anybody else has claimed", () => {
    const subject = owner();
    subject.hear("b");
    subject.take({
      kind: "wanted",
      wanted: new Map([[ADDRESS, { nodes: nodesNamed("b") }]]),
      ready: true,
    });
    expect(subject.take(WANTED)).to.deep.equal(["sendTable"]);
    expect(subject.holding).to.equal("owned");
  });

  it("leaves what an owner wants to be rid of to others than that owner", () => {
    const subject = new Subject();
    subject.take({ kind: "wanted", wanted: manyAddresses(20), ready: true });
    const entries = [...manyAddresses(20).keys()].map((address) => ({
      ...entryOf(address),
      state: "yielding" as const,
    }));
    const table = { part: 0, parts: 1, entries };
    subject.until(detection + interval, () => void subject.hear("b", { tableVersion: 1, table }));
    expect(subject.state.holdings.size).to.equal(20);
    expect([...subject.state.holdings.values()].map(({ cause }) => cause)).to.include("OwnerReleased");
  });
});

function entryOf(address: string) {
  return { address, epoch: 1, state: "owned" as const, standing: "firm" as const };
}
