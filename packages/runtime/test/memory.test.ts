import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { returnMemoryWhenIdle } from "../src/io/memory.ts";

describe("returnMemoryWhenIdle", () => {
  let clock: FakeClock;
  let log: MemoryLog;
  let idle: boolean;
  let stop: () => void;
  beforeEach(() => {
    clock = new FakeClock();
    log = new MemoryLog();
    idle = true;
    stop = returnMemoryWhenIdle(clock, log, () => idle);
  });
  afterEach(() => stop());
  const returned = () => log.lines.filter(({ message }) => message === "memory given back");

  it("collects what a burst has left behind, once", async () => {
    let left: unknown[] = Array.from({ length: 1_000_000 }, (_, i) => ({ i }));
    const before = process.memoryUsage().heapUsed;
    left = [];
    await clock.advance(20_000);
    expect(returned()).to.have.lengthOf(1);
    expect(left, "it is garbage").to.have.lengthOf(0);
    expect(process.memoryUsage().heapUsed).to.be.below(before);
    await clock.advance(60_000);
    expect(returned()).to.have.lengthOf(1);
  });

  it("does not stop a process that has work, nor one that had some just now", async () => {
    idle = false;
    await clock.advance(30_000);
    idle = true;
    await clock.advance(5_000);
    expect(returned()).to.deep.equal([]);
  });

  it("does nothing after it was ended", async () => {
    stop();
    await clock.advance(60_000);
    expect(returned()).to.deep.equal([]);
  });
});
