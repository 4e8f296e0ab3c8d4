import type { Millis } from "@fairlead/runtime";
import { expect } from "chai";
import fc from "fast-check";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import { type Host, Segment } from "./simulation/segment.ts";

const { detection, interval } = DEFAULT_TIMING;
const ADDRESSES = Array.from({ length: 10 }, (_, i) => `192.0.2.${50 + i}`);

/** A segment on which every address has been owned for a while, and every change of owner since. */
class Watched {
  readonly segment: Segment;
  readonly moves: { readonly address: string; readonly to: Host }[] = [];
  /** Addresses that nobody answered for at some time, of those watched. */
  readonly unanswered = new Set<string>();

  constructor(size: number, seed: number) {
    this.segment = new Segment(size, seed);
    for (const host of this.segment.hosts) {
      this.segment.want(host, new Set(ADDRESSES));
      this.segment.start(host);
    }
    this.pass(5_000);
    this.segment.observe((host, effect) => {
      if (effect.kind === "own") this.moves.push({ address: effect.address, to: host });
    });
    this.unanswered.clear();
  }

  pass(millis: Millis): void {
    for (const end = this.segment.now + millis; this.segment.now < end; ) {
      this.segment.advance();
      for (const address of ADDRESSES) if (this.answering(address).length === 0) this.unanswered.add(address);
    }
  }

  answering(address: string): Host[] {
    return this.segment.hosts.filter((host) => this.segment.isAnswering(host, address));
  }

  owners(): Map<string, Host | undefined> {
    return new Map(
      ADDRESSES.map((address) => {
        const [owner, ...more] = this.answering(address);
        expect(more, `others that answer for ${address}`).to.deep.equal([]);
        return [address, owner];
      }),
    );
  }
}

const sizes = fc.integer({ min: 3, max: 5 });
const times = fc.integer({ min: 2 * detection, max: 20 * detection });

describe("A node that is cut off from all others", () => {
  for (const { what, cut } of [
    { what: "in both directions", cut: "both" },
    { what: "so that it hears nobody", cut: "in" },
    { what: "so that nobody hears it", cut: "out" },
  ]) {
    it(`${what}: what the others own stays, and what it owned moves once`, () =>
      fc.assert(
        fc.property(sizes, fc.nat(), times, (size, seed, millis) => {
          const watched = new Watched(size, seed);
          const { segment } = watched;
          const before = watched.owners();
          const lost = segment.hosts[seed % size] as Host;
          for (const other of segment.hosts) {
            if (cut !== "out") segment.cut(other, lost);
            if (cut !== "in") segment.cut(lost, other);
          }
          watched.pass(millis);
          segment.healAll();
          watched.pass(4 * detection);
          for (const [address, owner] of watched.owners()) {
            const was = before.get(address);
            const movesOfOthers = watched.moves.filter((move) => move.address === address && move.to !== lost);
            if (was === lost && cut !== "in") expect(movesOfOthers, address).to.have.length(1);
            else expect(movesOfOthers, address).to.deep.equal([]);
            if (was !== lost) expect(owner, address).to.equal(was);
          }
        }),
        { numRuns: 15 },
      ));
  }

  it("has its addresses back from nobody, and none but its own are missing meanwhile", () => {
    const watched = new Watched(3, 3);
    const [lost] = watched.segment.hosts as [Host];
    const before = watched.owners();
    watched.segment.setCarrier(lost, false);
    watched.pass(2 * detection);
    watched.segment.setCarrier(lost, true);
    watched.pass(4 * detection);
    for (const [address, owner] of watched.owners()) {
      expect(owner, address).not.to.equal(lost);
      if (before.get(address) !== lost) expect(owner).to.equal(before.get(address));
    }
    expect([...watched.unanswered]).to.have.members(ADDRESSES.filter((address) => before.get(address) === lost));
  });
});

describe("Two halves that do not hear each other", () => {
  it("Y-28: agree on one owner for each address when they do again, within two heartbeats", () =>
    fc.assert(
      fc.property(fc.constantFrom(2, 4), fc.nat(), times, (size, seed, millis) => {
        const watched = new Watched(size, seed);
        const { segment } = watched;
        for (const a of segment.hosts) {
          for (const b of segment.hosts) if (a.index < size / 2 !== b.index < size / 2) segment.cut(a, b);
        }
        watched.pass(millis);
        segment.healAll();
        watched.pass(3 * interval);
        watched.owners();
      }),
      { numRuns: 15 },
    ));
});

describe("A node that is no candidate any more", () => {
  it("answers until another one does, so that no request is lost", () =>
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), fc.nat(), (size, seed) => {
        const watched = new Watched(size, seed);
        const { segment } = watched;
        const host = segment.hosts[seed % size] as Host;
        const held = [...(host.speaker?.answers ?? [])];
        segment.setFit(host, false);
        watched.pass(3 * detection);
        expect([...watched.unanswered]).to.deep.equal([]);
        expect(host.speaker?.answers.size).to.equal(0);
        expect(watched.moves.map(({ address }) => address)).to.have.members(held);
      }),
      { numRuns: 15 },
    ));

  it("is silent at once when no other one is", () => {
    const watched = new Watched(2, 1);
    const { segment } = watched;
    for (const host of segment.hosts) segment.setFit(host, false);
    watched.pass(interval);
    for (const host of segment.hosts) expect(host.speaker?.answers.size).to.equal(0);
  });

  it("loses no request either when it becomes one again while another takes over", () => {
    const watched = new Watched(2, 1);
    const { segment } = watched;
    const [host] = segment.hosts as [Host];
    segment.setFit(host, false);
    watched.pass(5);
    segment.setFit(host, true);
    watched.pass(4 * detection);
    expect([...watched.unanswered]).to.deep.equal([]);
    expect([...watched.owners().values()]).not.to.include(undefined);
  });
});
