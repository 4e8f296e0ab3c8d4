import { expect } from "chai";
import { challengeNow, echoesNow, type Freshness, judge, knowNobody } from "../../src/ownership/freshness.ts";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import { type Heartbeat, MOST_ECHOES } from "../../src/packet/heartbeat.ts";
import { aHeartbeat } from "../builders.ts";

const { detection, interval } = DEFAULT_TIMING;
const HEARTBEAT = aHeartbeat({ incarnation: 5n });

/** A speaker that judges heartbeats. */
class Judge {
  freshness: Freshness;
  now = 0;
  readonly live = new Set<string>();

  constructor(seed = 100n) {
    this.freshness = knowNobody(seed, 0);
  }

  hear(fields: Partial<Heartbeat>): string {
    const heartbeat = { ...HEARTBEAT, ...fields };
    const live = this.live.has(heartbeat.node);
    const { next, verdict } = judge(this.freshness, heartbeat, live, detection, this.now);
    this.freshness = next;
    if (verdict === "Fresh") this.live.add(heartbeat.node);
    return verdict;
  }

  get challenge(): bigint {
    return challengeNow(this.freshness, detection, this.now);
  }

  get echoes(): readonly bigint[] {
    return echoesNow(this.freshness, detection, this.now);
  }

  /** Node b, taken for live with incarnation 5 and sequence 10, a long time ago. */
  static ofB(): Judge {
    const judge = new Judge();
    judge.hear({ sequence: 10, echoes: [judge.challenge] });
    judge.now = 100 * detection;
    return judge;
  }
}

describe("judge", () => {
  it("takes an unknown speaker only when it repeats the challenge", () => {
    const judge = new Judge();
    expect(judge.hear({})).to.equal("Unproven");
    expect(judge.hear({ sequence: 2, echoes: [99n] })).to.equal("Unproven");
    expect(judge.hear({ sequence: 3, echoes: [99n, 100n] })).to.equal("Fresh");
    expect(judge.hear({ sequence: 4 })).to.equal("Fresh");
  });

  it("challenges when it starts, while it doubts somebody, and not otherwise", () => {
    const judge = new Judge();
    expect(judge.challenge).to.equal(100n);
    judge.now = detection;
    expect(judge.challenge).to.equal(0n);
    judge.hear({});
    expect(judge.challenge).to.equal(101n);
    judge.now += detection;
    expect(judge.challenge).to.equal(0n);
  });

  it("does not take what repeats a challenge of another time", () => {
    const judge = new Judge();
    judge.now = detection;
    expect(judge.hear({ echoes: [100n] }), "nobody is to repeat it any more").to.equal("Unproven");
    expect(judge.hear({ echoes: [100n] }), "it is another one now").to.equal("Unproven");
  });

  it("chooses another challenge now and then while somebody goes on without proof", () => {
    const judge = new Judge();
    for (; judge.now <= 2 * detection; judge.now += interval) judge.hear({ sequence: 1 + judge.now });
    expect(judge.challenge).to.equal(101n);
  });

  it("never chooses 0, which is none", () => {
    const judge = new Judge(2n ** 64n - 1n);
    judge.now = detection;
    judge.hear({});
    expect(judge.challenge).to.equal(1n);
  });

  const ROWS: readonly { name: string; heartbeat: Partial<Heartbeat>; gone?: boolean; verdict: string }[] = [
    { name: "a newer heartbeat", heartbeat: { sequence: 11 }, verdict: "Fresh" },
    { name: "the first one after a long silence", heartbeat: { sequence: 11 }, gone: true, verdict: "Fresh" },
    { name: "the last one again", heartbeat: { sequence: 10 }, verdict: "Late" },
    { name: "the last one again, of one that is gone", heartbeat: { sequence: 10 }, gone: true, verdict: "Late" },
    { name: "an older one", heartbeat: { sequence: 9 }, verdict: "Late" },
    { name: "a later start without proof", heartbeat: { incarnation: 6n }, verdict: "Unproven" },
    { name: "a later start with an old proof", heartbeat: { incarnation: 6n, echoes: [100n] }, verdict: "Unproven" },
    { name: "an earlier start", heartbeat: { incarnation: 4n, sequence: 99 }, verdict: "Replayed" },
    {
      name: "an earlier start, of one that is gone",
      heartbeat: { incarnation: 4n, sequence: 99, echoes: [100n] },
      gone: true,
      verdict: "Replayed",
    },
  ];
  for (const { name, heartbeat, gone = false, verdict } of ROWS) {
    it(`says ${verdict} of ${name}`, () => {
      const judge = Judge.ofB();
      if (gone) judge.live.clear();
      expect(judge.hear(heartbeat)).to.equal(verdict);
    });
  }

  it("takes a speaker that started anew when it has proved itself, and its earlier start no more", () => {
    const judge = Judge.ofB();
    judge.hear({ incarnation: 6n });
    expect(judge.hear({ incarnation: 6n, sequence: 2, echoes: [judge.challenge] })).to.equal("Fresh");
    expect(judge.hear({ sequence: 11, echoes: [judge.challenge] })).to.equal("Replayed");
  });

  it("takes a node whose clock was set back, once it is gone and has proved itself anew", () => {
    const judge = Judge.ofB();
    const back = (sequence: number) => judge.hear({ incarnation: 4n, sequence, echoes: [judge.challenge] });
    expect(back(1), "as long as the earlier start lives").to.equal("Replayed");
    judge.live.clear();
    expect(back(2)).to.equal("Replayed");
    expect(back(3)).to.equal("Fresh");
    expect(judge.hear({ incarnation: 4n, sequence: 2 })).to.equal("Late");
  });

  it("repeats the challenges of others for a while, the latest of each", () => {
    const judge = new Judge();
    judge.hear({ challenge: 7n });
    judge.hear({ challenge: 8n, sequence: 2 });
    judge.hear({ node: "c", challenge: 9n });
    expect(judge.echoes).to.deep.equal([8n, 9n]);
    judge.hear({ challenge: 7n });
    expect(judge.echoes, "a recording does not take the place of what is newer").to.deep.equal([8n, 9n]);
    judge.now = detection;
    expect(judge.echoes).to.deep.equal([]);
    judge.hear({ challenge: 7n });
    expect(judge.echoes).to.deep.equal([7n]);
  });

  it("repeats no more challenges than a heartbeat has room for, the latest ones", () => {
    const judge = new Judge();
    for (let i = 0; i <= MOST_ECHOES; i++) judge.hear({ node: `n${i}`, challenge: BigInt(i + 1) });
    expect(judge.echoes).to.have.length(MOST_ECHOES);
    expect(judge.echoes)
      .to.include(BigInt(MOST_ECHOES + 1))
      .and.not.include(1n);
  });
});
