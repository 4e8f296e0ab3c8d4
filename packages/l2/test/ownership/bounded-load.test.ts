import { expect } from "chai";
import fc from "fast-check";
import { Segment } from "./simulation/segment.ts";

function pass(segment: Segment, millis: number): void {
  for (const end = segment.now + millis; segment.now < end; ) segment.advance();
}

describe("Load on a simulated segment", () => {
  it("Y-30, E-207: has no node above its share and one, at the start and after a node is lost, and moves only what was its", () =>
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 60 }), (seed, size, count) => {
        const segment = new Segment(size, seed);
        const addresses = new Set(Array.from({ length: count }, (_, i) => `192.0.2.${50 + i}`));
        for (const host of segment.hosts) {
          segment.want(host, addresses);
          segment.start(host);
          pass(segment, seed % 97);
        }
        const owned = () =>
          segment.hosts.map(({ running, speaker }) => (running && speaker ? [...speaker.answers] : []));
        const expectBound = (nodes: number) => {
          expect(owned().flat()).to.have.members([...addresses]);
          const most = Math.ceil(count / nodes) + 1;
          for (const { length } of owned()) expect(length).to.be.at.most(most);
        };
        pass(segment, 2_000);
        expectBound(size);
        const before = owned();
        const lost = segment.hosts[seed % size];
        if (lost !== undefined) segment.crash(lost);
        pass(segment, 1_000);
        expectBound(size - 1);
        for (const [i, addresses] of owned().entries()) {
          if (i !== lost?.index) expect(addresses).to.include.members(before[i] ?? []);
        }
      }),
      { numRuns: 10 },
    ));
});
