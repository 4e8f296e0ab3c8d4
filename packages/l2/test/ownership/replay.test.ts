import type { Millis } from "@fairlead/runtime";
import { expect } from "chai";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import { type Host, LONGEST_DELAY, Segment, STEP } from "./simulation/segment.ts";

const { detection, claim, interval } = DEFAULT_TIMING;
const ADDRESSES = new Set(Array.from({ length: 8 }, (_, i) => `192.0.2.${50 + i}`));

function pass(segment: Segment, millis: Millis): void {
  for (const end = segment.now + millis; segment.now < end; ) segment.advance();
}

describe("Recordings of a dead speaker on a simulated segment", () => {
  let segment: Segment;
  let victim: Host;
  let others: readonly Host[];
  beforeEach(() => {
    segment = new Segment(3, 7);
    for (const host of segment.hosts) {
      segment.want(host, ADDRESSES);
      segment.start(host);
    }
    pass(segment, 5_000);
    [victim, ...others] = segment.hosts as [Host, ...Host[]];
    expect(victim.speaker?.answers.size).to.be.above(0);
    segment.crash(victim);
  });

  const answered = (hosts: readonly Host[]) => hosts.flatMap(({ speaker }) => [...(speaker?.answers ?? [])]);
  const epochs = () => others.map(({ speaker }) => speaker?.state.highestEpoch ?? 0);

  it("do not keep it alive", () => {
    segment.replay(victim, 4_000);
    pass(segment, detection + claim + interval + LONGEST_DELAY + STEP);
    expect(answered(others)).to.have.members([...ADDRESSES]);
  });

  it("do not keep it alive for speakers that start, move nothing and raise no epoch", () => {
    pass(segment, 2 * detection);
    for (const host of others) segment.crash(host);
    pass(segment, 2 * detection);
    for (const host of others) segment.start(host);
    segment.replay(victim, 8_000);
    pass(segment, 2 * detection);
    expect(answered(others)).to.have.members([...ADDRESSES]);
    expect(Math.max(...epochs())).to.equal(1);
    const before = others.map((host) => answered([host]));
    pass(segment, 8_000);
    expect(others.map((host) => answered([host]))).to.deep.equal(before);
    expect(Math.max(...epochs())).to.equal(1);
  });

  it("do not come before the speaker itself when it starts again", () => {
    pass(segment, 2 * detection);
    segment.replay(victim, 4_000);
    segment.start(victim);
    pass(segment, 3 * interval);
    for (const { speaker } of others) {
      expect(speaker?.state.peers.get(victim.name)?.incarnation).to.equal(victim.speaker?.incarnation);
    }
  });
});
