import { FakeClock } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { Condition } from "../src/condition.ts";

describe("a condition", () => {
  let clock: FakeClock;
  let condition: Condition;
  beforeEach(() => {
    clock = new FakeClock();
    condition = new Condition(clock);
  });

  /** Whether a promise has been settled by now. */
  async function isDone(promise: Promise<void>): Promise<boolean> {
    return Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
  }

  it("that holds is not waited for", async () => {
    expect(await isDone(condition.until(() => true, 1_000))).to.equal(true);
  });

  it("is looked at after each change, by all who wait", async () => {
    let value = 0;
    const [one, two] = [1, 2].map((least) => condition.until(() => value >= least, 1_000));
    for (const done of [
      [true, false],
      [true, true],
    ]) {
      value += 1;
      condition.changed();
      expect(await Promise.all([one, two].map((each) => isDone(each ?? Promise.reject())))).to.deep.equal(done);
    }
  });

  it("is waited for until the end", async () => {
    const never = condition.until(() => false, clock.monotonic() + 1_000);
    await clock.advance(999);
    expect(await isDone(never)).to.equal(false);
    await clock.advance(1);
    expect(await isDone(never)).to.equal(true);
  });
});
