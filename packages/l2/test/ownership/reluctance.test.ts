import { expect } from "chai";
import { begin } from "../../src/ownership/ownership.ts";
import type { Candidates } from "../../src/ownership/state.ts";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import { LINK } from "../builders.ts";
import { ADDRESS, manyAddresses, NODES, owner, Subject, WANTED } from "./subject.ts";

const { interval, detection } = DEFAULT_TIMING;

describe("a speaker that may not last", () => {
  it("does not leave what has lost its owner to a speaker that only listens", () => {
    const subject = new Subject();
    const others = { kind: "wanted", wanted: manyAddresses(20), ready: true } as const;
    subject.take(others);
    const listener = () => void subject.hear("c", { listening: true });
    const table = { part: 0, parts: 1, entries: [...others.wanted.keys()].map(entryOf) };
    subject.until(2 * detection, () => {
      listener();
      subject.hear("b", { tableVersion: 1, table });
    });
    subject.until(3 * detection + 2 * interval, listener);
    expect(subject.state.holdings.size).to.equal(20);
  });

  it("leaves what is new to listening speakers for a while, then takes it, if it has just started too", () => {
    const subject = new Subject();
    subject.state = begin("a", DEFAULT_TIMING, LINK, 0, 1n);
    subject.take({ kind: "wanted", wanted: manyAddresses(20), ready: true });
    const listener = () => void subject.hear("c", { listening: true });
    subject.until(detection + interval, listener);
    expect(subject.state.holdings.size).to.be.within(5, 15);
    subject.until(2 * detection + 2 * interval, listener);
    expect(subject.state.holdings.size).to.equal(20);
  });

  it("takes over nothing while it warms up and another is steady, and does when none is", () => {
    const subject = new Subject();
    subject.state = begin("a", DEFAULT_TIMING, LINK, 0, 1n);
    subject.take(WANTED);
    subject.until(2 * detection - interval, () => void subject.hear("b"));
    expect(subject.state.holdings.size).to.equal(0);
    subject.until(3 * detection + 2 * interval);
    expect(subject.holding).to.equal("owned");
  });

  it("leaves nothing to one that is reluctant while it is not so itself", () => {
    const subject = new Subject();
    subject.take({ kind: "wanted", wanted: manyAddresses(20), ready: true });
    subject.until(detection, () => void subject.hear("c", { reluctant: true }));
    expect(subject.state.holdings.size).to.equal(20);
  });

  it("shares addresses that are to be apart with one that is reluctant", () => {
    const subject = new Subject();
    const groups = ["web"];
    const pair = [ADDRESS, "192.0.2.51"].map((address) => [address, { nodes: NODES, groups }] as const);
    subject.take({ kind: "wanted", wanted: new Map(pair), ready: true });
    subject.until(detection, () => void subject.hear("c", { reluctant: true }));
    expect(subject.state.holdings.size).to.equal(1);
  });

  it("is reluctant until it has been ready for two seconds, and tells so at once", () => {
    const subject = new Subject();
    subject.state = begin("a", DEFAULT_TIMING, LINK, 0, 1n);
    const nothing = new Map<string, Candidates>();
    subject.take({ kind: "wanted", wanted: nothing, ready: false });
    expect(subject.until(5_000)).to.deep.equal([]);
    subject.take({ kind: "wanted", wanted: nothing, ready: true });
    expect(subject.until(6_999)).to.deep.equal([]);
    expect(subject.state.reluctance).to.equal("WarmingUp");
    expect(subject.until(7_000)).to.deep.equal(["reluctance", "sendTable"]);
    expect(subject.state.reluctance).to.equal(undefined);
  });

  it("is held down when its link came back three times within a minute, for a minute", () => {
    const subject = owner();
    for (let i = 0; i < 3; i++) {
      subject.until(subject.now + 5_000);
      subject.take({ kind: "link", link: { ...LINK, up: false } });
      subject.take({ kind: "link", link: LINK });
    }
    expect(subject.state.reluctance).to.equal("HoldDown");
    const end = subject.now + 60_000;
    subject.until(end - 1);
    expect(subject.holding, "as there is nobody else").to.equal("owned");
    expect(subject.state.reluctance).to.equal("HoldDown");
    subject.until(end);
    expect(subject.state.reluctance).to.equal(undefined);
  });
});

function entryOf(address: string) {
  return { address, epoch: 1, state: "owned" as const, standing: "firm" as const };
}
