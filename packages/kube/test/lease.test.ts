import { FaultyStore } from "@fairlead/kube/testing";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import fc from "fast-check";
import { LeaderElection, DEFAULT_LEASE_TIMING as TIMING } from "../src/lease.ts";
import { MemoryCluster } from "../src/memory/memory-cluster.ts";
import { StoreError } from "../src/ports.ts";

const LEASE = { kind: "Lease", namespace: "fairlead-system", name: "fairlead-controller" } as const;

/** Two candidates on one clock; each has a store of its own, that can be cut off. */
class Contest {
  readonly clock = new FakeClock();
  readonly cluster = new MemoryCluster();
  readonly changes: string[] = [];
  readonly candidates = ["a", "b"].map((identity) => {
    const store = new FaultyStore(this.cluster);
    const onChange = (leading: boolean) => void this.changes.push(`${identity} ${leading ? "leads" : "follows"}`);
    const options = {
      store,
      lease: async () => LEASE,
      identity,
      clock: this.clock,
      log: new MemoryLog(),
      timing: TIMING,
      onChange,
    };
    return { identity, store, election: new LeaderElection(options) };
  });

  get leaders(): string[] {
    return this.candidates.filter(({ election }) => election.leading).map(({ identity }) => identity);
  }

  candidate(identity: string) {
    const found = this.candidates.find((candidate) => candidate.identity === identity);
    if (found === undefined) throw new Error(`Cannot find candidate ${identity}`);
    return found;
  }

  cut(identity: string, away: boolean, kind: "failBefore" | "failAfter" = "failBefore"): void {
    this.candidate(identity).store[kind] = () => (away ? new StoreError("Unavailable", "cut off") : undefined);
  }

  /** Moves on, and looks at every tenth of a second. @returns the most leaders seen at once. */
  async run(millis: number): Promise<number> {
    let most = this.leaders.length;
    for (let spent = 0; spent < millis; spent += 100) {
      await this.clock.advance(100);
      most = Math.max(most, this.leaders.length);
    }
    return most;
  }

  async start(): Promise<void> {
    for (const { election } of this.candidates) {
      election.start();
      await this.clock.advance(0);
    }
  }

  spec(): Record<string, unknown> {
    return (this.cluster.get(LEASE)?.spec ?? {}) as Record<string, unknown>;
  }
}

describe("LeaderElection", () => {
  let contest: Contest;
  beforeEach(async () => {
    contest = new Contest();
    await contest.start();
  });

  it("elects the first who comes, and no other while it renews", async () => {
    expect(await contest.run(60_000)).to.equal(1);
    expect(contest.leaders).to.deep.equal(["a"]);
    expect(contest.changes).to.deep.equal(["a leads"]);
  });

  it("writes a Lease as others write it", () => {
    const time = new Date(contest.clock.now()).toISOString().replace("Z", "000Z");
    expect(contest.spec()).to.deep.equal({
      holderIdentity: "a",
      leaseDurationSeconds: TIMING.duration / 1000,
      acquireTime: time,
      renewTime: time,
      leaseTransitions: 0,
    });
  });

  it("keeps acquireTime on renewal, and counts transitions on a change of holder", async () => {
    const { acquireTime } = contest.spec();
    await contest.run(4_000);
    expect(contest.spec()).to.deep.include({ acquireTime, leaseTransitions: 0 });
    expect(contest.spec().renewTime).to.not.equal(acquireTime);
    await contest.candidate("a").election.stop();
    await contest.run(4_000);
    expect(contest.spec()).to.deep.include({ holderIdentity: "b", leaseTransitions: 1 });
    expect(contest.spec().acquireTime).to.not.equal(acquireTime);
  });

  it("hands over at once when the leader stops", async () => {
    await contest.candidate("a").election.stop();
    expect(contest.leaders).to.deep.equal([]);
    await contest.run(TIMING.retry);
    expect(contest.leaders).to.deep.equal(["b"]);
  });

  it("tells that it leads again when it renews just after it had to step down", async () => {
    const store = new FaultyStore(new MemoryCluster());
    const clock = new FakeClock();
    const changes: boolean[] = [];
    const timing = { ...TIMING, renewDeadline: TIMING.renewDeadline - 500 };
    const onChange = (leading: boolean) => changes.push(leading);
    const election = new LeaderElection({
      ...{ store, clock, timing, onChange, log: new MemoryLog() },
      lease: async () => LEASE,
      identity: "a",
    });
    election.start();
    await clock.advance(100);
    store.failBefore = () => new StoreError("Unavailable", "cut off");
    await clock.advance(timing.renewDeadline - 200);
    store.failBefore = () => undefined;
    expect([election.leading, changes]).to.deep.equal([true, [true]]);
    await clock.advance(200);
    expect([election.leading, changes]).to.deep.equal([false, [true, false]]);
    await clock.advance(500);
    expect([election.leading, changes]).to.deep.equal([true, [true, false, true]]);
    await election.stop();
    expect(clock.pending).to.equal(0);
  });

  it("takes over from a leader that is cut off, after that has stepped down", async () => {
    contest.cut("a", true);
    expect(await contest.run(30_000)).to.equal(1);
    expect(contest.changes).to.deep.equal(["a leads", "a follows", "b leads"]);
  });

  it("takes over no sooner than the lease ends", async () => {
    contest.cut("a", true);
    await contest.run(TIMING.duration - TIMING.retry);
    expect(contest.leaders).to.deep.equal([]);
    await contest.run(3 * TIMING.retry);
    expect(contest.leaders).to.deep.equal(["b"]);
  });

  it("steps down when the API is away for all, and leads again when it is back", async () => {
    for (const identity of ["a", "b"]) contest.cut(identity, true);
    await contest.run(TIMING.renewDeadline + TIMING.retry);
    expect(contest.leaders).to.deep.equal([]);
    expect(contest.changes.at(-1)).to.equal("a follows");
    for (const identity of ["a", "b"]) contest.cut(identity, false);
    expect(await contest.run(20_000)).to.equal(1);
    expect(contest.leaders).to.have.lengthOf(1);
  });

  it("does not lead on while a request hangs", async () => {
    contest.candidate("a").store.replace = () => new Promise(() => {});
    await contest.run(TIMING.renewDeadline);
    expect(contest.leaders).to.deep.equal([]);
  });

  it("leads on after a short failure", async () => {
    contest.cut("a", true);
    await contest.run(1_500);
    contest.cut("a", false);
    expect(await contest.run(20_000)).to.equal(1);
    expect(contest.changes).to.deep.equal(["a leads"]);
  });

  it("does not come back when it was stopped", async () => {
    for (const { election } of contest.candidates) await election.stop();
    await contest.run(20_000);
    expect(contest.leaders).to.deep.equal([]);
    expect(contest.clock.pending).to.equal(0);
  });

  it("never has two leaders, whoever is cut off and for how long", async () => {
    const cuts = fc.array(
      fc.record({
        who: fc.constantFrom("a", "b"),
        away: fc.boolean(),
        kind: fc.constantFrom("failBefore", "failAfter"),
        millis: fc.integer({ min: 1, max: 150 }).map((tenths) => tenths * 100),
      }),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(cuts, async (steps) => {
        const trial = new Contest();
        await trial.start();
        for (const { who, away, kind, millis } of steps) {
          trial.cut(who, away, kind);
          expect(await trial.run(millis)).to.be.at.most(1);
        }
        for (const identity of ["a", "b"]) {
          trial.cut(identity, false, "failBefore");
          trial.cut(identity, false, "failAfter");
        }
        expect(await trial.run(TIMING.duration + 2 * TIMING.retry)).to.be.at.most(1);
        expect(trial.leaders, "someone leads in the end").to.have.lengthOf(1);
      }),
      { numRuns: 10 },
    );
  });
});
