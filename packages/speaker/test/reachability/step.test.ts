import { expect } from "chai";
import fc from "fast-check";
import { holdOf } from "../../src/reachability/step.ts";
import { MOST_ASKED, QUESTIONS, TICK } from "../../src/reachability/types.ts";
import { DETECTION, World } from "./world.ts";

const GONE = { speaks: false, answers: false };
const BACK = { speaks: true, answers: true };
const SECOND = 1_000;

describe("what is known of another node", () => {
  it("is nothing while it was never heard, and it is not even asked", () => {
    const world = new World("n2").let("n2", GONE).pass(60 * SECOND);
    expect([world.stateOf("n2"), world.lost, world.asked]).to.deep.equal(["Unknown", [], []]);
  });

  for (const { name, does, state, lost } of [
    { name: "is heard", does: BACK, state: "Heard", lost: [] },
    { name: "gives no sign of life", does: GONE, state: "NodeLost", lost: ["n2"] },
    { name: "answers while its speaker is silent", does: { speaks: false }, state: "SpeakerSilent", lost: [] },
    { name: "is heard and does not answer", does: { answers: false }, state: "Heard", lost: [] },
  ]) {
    it(`is ${state} when it ${name}`, () => {
      const world = new World("n2")
        .pass(5 * SECOND)
        .let("n2", does)
        .pass(5 * SECOND);
      expect([world.stateOf("n2"), world.lost]).to.deep.equal([state, lost]);
    });
  }

  it("is settled within detection and two ticks of a loss", () => {
    const world = new World("n2").pass(5 * SECOND).let("n2", GONE);
    const from = world.now;
    world.pass(2 * SECOND);
    const loss = world.changes.find(({ to }) => to === "NodeLost");
    expect((loss?.at ?? Infinity) - from).to.be.within(DETECTION - TICK, DETECTION + 2 * TICK);
  });

  it("is settled within half a second more when the speaker had been silent before", () => {
    const world = new World("n2")
      .pass(5 * SECOND)
      .let("n2", { speaks: false })
      .pass(7_300)
      .let("n2", GONE);
    const from = world.now;
    world.pass(2 * SECOND);
    const loss = world.changes.find(({ to }) => to === "NodeLost");
    expect((loss?.at ?? Infinity) - from).to.be.within(QUESTIONS * TICK, DETECTION + 5 * TICK);
  });

  it("is forgotten with its Node object, whatever it was", () => {
    const world = new World("n2", "n3")
      .pass(SECOND)
      .let("n2", GONE)
      .pass(2 * SECOND);
    expect(world.lost).to.deep.equal(["n2"]);
    expect(world.list("n3").lost).to.deep.equal([]);
    expect(world.list("n2", "n3").stateOf("n2")).to.equal("Unknown");
  });
});

describe("a node that answers no question", () => {
  it("is said to be so while it is heard, and is not taken for lost when it falls silent", () => {
    const world = new World("n2").let("n2", { answers: false }).pass(10 * SECOND);
    expect(world.reasons).to.deep.equal(["n2 NoAnswer"]);
    world.let("n2", GONE).pass(60 * SECOND);
    expect([world.reasons, world.lost]).to.deep.equal([["n2 SpeakerSilent"], []]);
  });

  it("is one that has ceased to answer while it was heard", () => {
    const world = new World("n2")
      .pass(60 * SECOND)
      .let("n2", { answers: false })
      .pass(40 * SECOND);
    expect(world.reasons).to.deep.equal(["n2 NoAnswer"]);
    expect(world.let("n2", GONE).pass(10 * SECOND).lost).to.deep.equal([]);
  });

  it("is as any other once it answers, even if that is while its speaker is silent", () => {
    const world = new World("n2").let("n2", { answers: false }).pass(10 * SECOND);
    world.let("n2", { speaks: false, answers: true }).pass(60 * SECOND);
    expect(world.stateOf("n2")).to.equal("SpeakerSilent");
    expect(world.let("n2", GONE).pass(3 * SECOND).lost).to.deep.equal(["n2"]);
  });
});

describe("a node that comes back", () => {
  const lost = () =>
    new World("n2")
      .pass(5 * SECOND)
      .let("n2", GONE)
      .pass(3 * SECOND);

  it("is left out until its signs of life have been steady for a second", () => {
    const world = lost().let("n2", BACK);
    expect(world.pass(800).reasons).to.deep.equal(["n2 NodeReturning"]);
    expect(world.lost).to.deep.equal(["n2"]);
    expect(world.pass(600).lost).to.deep.equal([]);
    expect([world.stateOf("n2"), world.reasons]).to.deep.equal(["Heard", []]);
  });

  it("may come back without its speaker", () => {
    const world = lost()
      .let("n2", { answers: true })
      .pass(3 * SECOND);
    expect([world.stateOf("n2"), world.lost]).to.deep.equal(["SpeakerSilent", []]);
  });

  it("begins anew when it falls silent meanwhile, which is no loss of its own", () => {
    const world = lost().let("n2", BACK).pass(700).let("n2", GONE).pass(SECOND);
    expect(world.stateOf("n2")).to.equal("NodeLost");
    world.let("n2", BACK).pass(800);
    expect(world.lost).to.deep.equal(["n2"]);
    expect(world.pass(600).lost).to.deep.equal([]);
  });

  it("must be steady for twice as long after each loss, 30 s at most, and is forgiven after 5 minutes", () => {
    const world = lost();
    const holds = [];
    for (let i = 0; i < 7; i++) {
      const node = world.state.nodes.get("n2");
      holds.push(node === undefined ? undefined : holdOf(node));
      world.let("n2", BACK).pass(33 * SECOND);
      expect(world.lost).to.deep.equal([]);
      world.let("n2", GONE).pass(2 * SECOND);
    }
    expect(holds).to.deep.equal([1, 2, 4, 8, 16, 30, 30].map((seconds) => seconds * SECOND));
    world
      .let("n2", BACK)
      .pass(301 * SECOND)
      .let("n2", GONE)
      .pass(2 * SECOND);
    expect(world.let("n2", BACK).pass(1_500).lost).to.deep.equal([]);
  });
});

describe("a process that was stopped", () => {
  it("blames nobody for that", () => {
    const world = new World("n2", "n3").pass(5 * SECOND);
    for (const millis of [400, 900, 5 * SECOND, 60 * SECOND]) world.stop(millis).pass(2 * SECOND);
    expect(world.changes.filter(({ from }) => from !== "Unknown")).to.deep.equal([]);
  });

  it("sees soon who is lost", () => {
    const world = new World("n2")
      .pass(5 * SECOND)
      .stop(5 * SECOND)
      .let("n2", GONE);
    const from = world.now;
    world.pass(2 * SECOND);
    expect((world.changes.at(-1)?.at ?? Infinity) - from).to.be.at.most((QUESTIONS + 2) * TICK);
    expect(world.lost).to.deep.equal(["n2"]);
  });

  it("does not count what it asked before", () => {
    const world = new World("n2")
      .pass(5 * SECOND)
      .let("n2", GONE)
      .pass(500)
      .stop(2 * SECOND)
      .let("n2", BACK);
    expect(world.pass(5 * SECOND).lost).to.deep.equal([]);
    expect(world.changes.filter(({ to }) => to === "NodeLost")).to.deep.equal([]);
  });
});

describe("questions", () => {
  it("are few while all is well", () =>
    expect(new World("n2").pass(300 * SECOND).questions("n2")).to.be.within(10, 11));

  it("come twice a second while the speaker is silent, and to a lost node", () => {
    const world = new World("n2", "n3")
      .pass(5 * SECOND)
      .let("n2", { speaks: false })
      .let("n3", GONE)
      .pass(5 * SECOND);
    const from = world.now;
    world.pass(60 * SECOND);
    expect([world.questions("n2", from), world.questions("n3", from)].every((n) => n >= 119 && n <= 121)).to.equal(
      true,
    );
  });

  it(`go to ${MOST_ASKED} nodes at once at most, and all have their turn`, () => {
    const names = Array.from({ length: 450 }, (_, i) => `node-${i}`);
    const world = new World(...names).pass(5 * SECOND);
    for (const name of names) world.let(name, GONE);
    const from = world.now;
    world.pass(4 * SECOND);
    const perTick = Map.groupBy(world.asked, ({ at }) => at);
    expect(Math.max(...[...perTick.values()].map(({ length }) => length))).to.equal(MOST_ASKED);
    expect(world.lost).to.have.length(names.length);
    expect(Math.min(...names.map((name) => world.questions(name, from)))).to.be.at.least(QUESTIONS);
  });

  it("from before the silence count for nothing", () => {
    const world = new World("n2")
      .pass(29 * SECOND)
      .let("n2", { answers: false })
      .pass(2_500);
    expect(world.state.nodes.get("n2")?.unanswered).to.equal(2);
    world.let("n2", GONE).pass(300);
    world.unsent = true;
    expect(world.pass(5 * SECOND).lost).to.deep.equal([]);
  });

  it("that could not be sent count for nothing", () => {
    const world = new World("n2").pass(5 * SECOND);
    world.let("n2", GONE);
    world.unsent = true;
    expect(world.pass(5 * SECOND).lost).to.deep.equal([]);
  });
});

describe("whatever happens", () => {
  type Act = {
    readonly millis: number;
    readonly stopped: boolean;
    readonly speaks: boolean;
    readonly answers: boolean;
  };
  const acts = fc.array(
    fc.record<Act>({
      millis: fc.integer({ min: 1, max: 40 }).map((ticks) => ticks * TICK),
      stopped: fc.boolean(),
      speaks: fc.boolean(),
      answers: fc.boolean(),
    }),
    { minLength: 1, maxLength: 30 },
  );

  it("a node is lost only after detection and three questions that it left unanswered while this process ran", () => {
    fc.assert(
      fc.property(acts, (script) => {
        const world = new World("n2").pass(SECOND);
        const signs = [world.now];
        let ranSince = 0;
        for (const { millis, stopped, ...behaviour } of script) {
          world.let("n2", behaviour);
          if (stopped) {
            world.stop(millis);
            if (millis > 2 * TICK) ranSince = world.now;
          } else {
            for (let left = millis; left > 0; left -= TICK) {
              const before = world.changes.length;
              const from = Math.max(ranSince, signs.at(-1) ?? 0);
              world.pass(TICK);
              const loss = world.changes
                .slice(before)
                .find(({ to, from: was }) => to === "NodeLost" && was !== "NodeReturning");
              if (loss !== undefined) {
                expect(world.questions("n2", from) - Number(world.asked.at(-1)?.at === world.now)).to.be.at.least(
                  QUESTIONS,
                );
                expect(world.now - (signs.at(-1) ?? 0)).to.be.at.least(DETECTION - TICK);
              }
              if (behaviour.speaks || (behaviour.answers && world.asked.at(-1)?.at === world.now))
                signs.push(world.now);
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("a lost node is back only after a second of signs of life", () => {
    fc.assert(
      fc.property(acts, (script) => {
        const world = new World("n2").pass(SECOND);
        for (const { millis, stopped, ...behaviour } of script) {
          world.let("n2", behaviour);
          if (stopped) world.stop(millis);
          else world.pass(millis);
        }
        for (const [i, change] of world.changes.entries()) {
          if (change.from === "NodeLost") expect(change.to).to.equal("NodeReturning");
          if (change.from !== "NodeReturning" || change.to === "NodeLost") continue;
          expect(change.at - (world.changes[i - 1]?.at ?? 0)).to.be.at.least(SECOND - 2 * TICK);
        }
      }),
      { numRuns: 300 },
    );
  });
});
