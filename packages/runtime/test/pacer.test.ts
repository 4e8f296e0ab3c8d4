import { FakeClock } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { Pacer } from "../src/pacer.ts";

describe("Pacer", () => {
  function bench() {
    const clock = new FakeClock();
    const pacer = new Pacer(clock, 3);
    const done: number[] = [];
    return { clock, pacer, done, run: (n: number) => pacer.run(() => done.push(n)) };
  }

  it("runs a few at once", () => {
    const { run, done } = bench();
    for (const n of [1, 2, 3]) run(n);
    expect(done).to.deep.equal([1, 2, 3]);
  });

  it("leaves the rest to later turns, in order", async () => {
    const { clock, run, done } = bench();
    for (const n of [1, 2, 3, 4, 5]) run(n);
    expect(done).to.deep.equal([1, 2, 3]);
    await clock.advance(0);
    expect(done).to.deep.equal([1, 2, 3, 4, 5]);
    expect(clock.pending).to.equal(0);
  });

  it("runs all that waits when it is flushed, and afresh after it", async () => {
    const { clock, pacer, run, done } = bench();
    for (let n = 1; n <= 10; n++) run(n);
    pacer.flush();
    expect(done).to.have.length(10);
    expect(clock.pending).to.equal(0);
    run(11);
    expect(done).to.have.length(11);
  });

  it("takes what an action adds as one more", async () => {
    const { clock, pacer, run, done } = bench();
    pacer.run(() => run(1));
    await clock.advance(0);
    expect(done).to.deep.equal([1]);
  });
});
