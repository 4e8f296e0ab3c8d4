import { expect } from "chai";
import fc from "fast-check";
import { type Host, Segment } from "./simulation/segment.ts";

/** Four groups of three addresses. */
const GROUPS = new Map(
  Array.from({ length: 12 }, (_, i) => [`192.0.2.${50 + i}`, [`service-${i % 4}`]] as [string, string[]]),
);
const ADDRESSES = new Set(GROUPS.keys());

function pass(segment: Segment, millis: number): void {
  for (const end = segment.now + millis; segment.now < end; ) segment.advance();
}

function answersOf({ running, speaker }: Host): string[] {
  return running && speaker !== undefined ? [...speaker.answers] : [];
}

function expectApart(segment: Segment): void {
  expect(segment.hosts.flatMap(answersOf)).to.have.members([...ADDRESSES]);
  for (const host of segment.hosts) {
    const groups = answersOf(host).flatMap((address) => GROUPS.get(address) ?? []);
    expect(groups, host.name).to.have.length(new Set(groups).size);
  }
}

describe("Addresses of one group on a simulated segment", () => {
  const start = (size: number, seed: number): Segment => {
    const segment = new Segment(size, seed);
    segment.groups = GROUPS;
    return segment;
  };

  it("go to different nodes, also when one is lost, and what others hold does not move for it", () =>
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 4, max: 5 }), (seed, size) => {
        const segment = start(size, seed);
        for (const host of segment.hosts) {
          segment.want(host, ADDRESSES);
          segment.start(host);
          pass(segment, seed % 97);
        }
        pass(segment, 2_000);
        expectApart(segment);
        const before = segment.hosts.map(answersOf);
        const lost = seed % size;
        segment.crash(segment.hosts[lost] as Host);
        pass(segment, 1_000);
        expectApart(segment);
        for (const [i, host] of segment.hosts.entries()) {
          if (i !== lost) expect(answersOf(host)).to.include.members(before[i] ?? []);
        }
      }),
      { numRuns: 10 },
    ));

  it("stay with the only node there was when others come", () => {
    const segment = start(3, 1);
    const [first, ...others] = segment.hosts as [Host, ...Host[]];
    segment.want(first, ADDRESSES);
    segment.start(first);
    pass(segment, 3_000);
    for (const host of others) {
      segment.want(host, ADDRESSES);
      segment.start(host);
    }
    pass(segment, 3_000);
    expect(answersOf(first)).to.have.members([...ADDRESSES]);
  });
});
