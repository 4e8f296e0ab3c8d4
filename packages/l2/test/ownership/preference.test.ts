import { expect } from "chai";
import type { Candidates } from "../../src/ownership/state.ts";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import { manyAddresses, Subject } from "./subject.ts";

const { interval, detection } = DEFAULT_TIMING;

/** Twenty addresses that all nodes may have, with these weights. */
function weighted(weights: Readonly<Record<string, number>>): ReadonlyMap<string, Candidates> {
  return new Map(
    [...manyAddresses(20)].map(([address, { nodes }]) => {
      return [
        address,
        { nodes: new Map([...nodes].map(([node, one]) => [node, { ...one, weight: weights[node] ?? 0 }])) },
      ];
    }),
  );
}

/** How many of them node a has taken after a while beside b. */
function takenBeside(b: { reluctant?: boolean }, weights: Readonly<Record<string, number>>): number {
  const subject = new Subject();
  subject.take({ kind: "wanted", wanted: weighted(weights), ready: true });
  subject.until(detection + interval, () => void subject.hear("b", b));
  return subject.state.holdings.size;
}

describe("preferred nodes", () => {
  it("take all that is new, whatever their share", () => {
    expect(takenBeside({}, { a: 1 })).to.equal(20);
    expect(takenBeside({}, { b: 1 })).to.equal(0);
    expect(takenBeside({}, { a: 99, b: 100 })).to.equal(0);
  });

  it("share among themselves as if there were no preference", () => {
    expect(takenBeside({}, { a: 7, b: 7 })).to.equal(takenBeside({}, {}));
    expect(takenBeside({}, {})).to.be.within(1, 19);
  });

  it("are passed over while they may not last", () => expect(takenBeside({ reluctant: true }, { b: 1 })).to.equal(20));

  it("E-224: are followed by the next best when they are gone, and take nothing back", () => {
    const subject = new Subject();
    subject.take({ kind: "wanted", wanted: weighted({ b: 2, a: 1 }), ready: true });
    const { held } = subject.holdAll("b");
    subject.until(2 * detection, () => void subject.hear("b", held));
    expect(subject.state.holdings.size).to.equal(0);
    subject.until(4 * detection);
    expect(subject.state.holdings.size).to.equal(20);
    subject.until(8 * detection, () => void subject.hear("b", { incarnation: 2n }));
    expect(subject.state.holdings.size).to.equal(20);
  });

  it("do not take what has an owner that they are preferred to", () => {
    const subject = new Subject();
    const { held } = subject.holdAll("b");
    subject.until(2 * detection, () => void subject.hear("b", held));
    subject.take({ kind: "wanted", wanted: weighted({ a: 100 }), ready: true });
    subject.until(6 * detection, () => void subject.hear("b", held));
    expect(subject.state.holdings.size).to.equal(0);
  });
});
