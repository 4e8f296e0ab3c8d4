import type { Gate } from "@fairlead/nftables";
import { FakeClock } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { AnswerCounts } from "../../src/responder/answer-counts.ts";

function setUp() {
  const clock = new FakeClock();
  const told: string[] = [];
  const kernel = { reads: 0, counters: {} as Record<string, number> | undefined | Error };
  const counts = new AnswerCounts({ clock, onOutcome: (outcome, count) => void told.push(`${count} ${outcome}`) });
  const gate: Gate = {
    refresh() {},
    counters() {
      kernel.reads += 1;
      if (kernel.counters instanceof Error) throw kernel.counters;
      return kernel.counters && new Map(Object.entries(kernel.counters));
    },
    close() {},
  };
  /** What is told when it looks again after as long as it takes. */
  const lookLater = async (counters: typeof kernel.counters) => {
    kernel.counters = counters;
    await clock.advance(5_000);
    counts.look(gate);
    return told.splice(0);
  };
  return { counts, gate, kernel, told, clock, lookLater };
}

describe("AnswerCounts", () => {
  it("tells what has come since it was told last, by outcome", async () => {
    const { lookLater } = setUp();
    expect(await lookLater({ Answered: 3, Expired: 0 })).to.deep.equal(["3 Answered"]);
    expect(await lookLater({ Answered: 5, Expired: 1 })).to.deep.equal(["2 Answered", "1 Expired"]);
    expect(await lookLater({ Answered: 5, Expired: 1 })).to.deep.equal([]);
  });

  it("reads once in 5 s", async () => {
    const { counts, gate, kernel, clock } = setUp();
    for (let i = 0; i < 100; i++) {
      counts.look(gate);
      await clock.advance(100);
    }
    expect(kernel.reads).to.equal(2);
  });

  it("tells what a table has counted before it goes, and all that the next one counts", async () => {
    const { counts, gate, kernel, told, lookLater } = setUp();
    await lookLater({ Answered: 3 });
    kernel.counters = { Answered: 7 };
    counts.beginAnew(gate);
    expect(told.splice(0)).to.deep.equal(["4 Answered"]);
    expect(await lookLater({ Answered: 8 })).to.deep.equal(["8 Answered"]);
  });

  it("tells all that is there when somebody else has taken the table away", async () => {
    const { lookLater } = setUp();
    await lookLater({ Answered: 9 });
    expect(await lookLater({ Answered: 2 })).to.deep.equal(["2 Answered"]);
  });

  it("tells later what could not be read", async () => {
    const { lookLater } = setUp();
    await lookLater({ Answered: 1 });
    expect(await lookLater(new Error("refused"))).to.deep.equal([]);
    expect(await lookLater(undefined)).to.deep.equal([]);
    expect(await lookLater({ Answered: 4 })).to.deep.equal(["3 Answered"]);
  });
});
