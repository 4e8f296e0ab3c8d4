import { mergeMetrics, metricFamilies } from "@fairlead/runtime";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { DecidingThreadWatch } from "../src/deciding-thread-watch.ts";
import { BEAT_LIMITS } from "../src/main-thread-health.ts";
import { decidingStalls } from "../src/metrics.ts";

const SECOND = 1_000;

describe("DecidingThreadWatch", () => {
  let clock: FakeClock;
  let log: MemoryLog;
  let watch: DecidingThreadWatch;
  beforeEach(() => {
    decidingStalls.reset();
    clock = new FakeClock();
    log = new MemoryLog();
    watch = new DecidingThreadWatch(clock, BEAT_LIMITS, log);
  });
  const told = () => log.lines.map(({ level, message }) => `${level} ${message}`);
  const stalls = async () => {
    const text = await mergeMetrics([await metricFamilies()]);
    return Number(/^fairlead_deciding_thread_stall_seconds_sum (\d+)$/m.exec(text)?.[1] ?? 0);
  };

  it("says nothing of a thread that is busy for a few seconds", async () => {
    for (let i = 0; i < 10; i++) {
      await clock.advance(4 * SECOND);
      expect(watch.look()).to.equal(undefined);
      watch.heard();
    }
    expect(told()).to.deep.equal([]);
    expect(await stalls()).to.equal(0);
  });

  it("says once that it stands still and once that it runs again, and counts for how long", async () => {
    for (let i = 0; i < 20; i++) {
      await clock.advance(SECOND);
      expect(watch.look()).to.equal(undefined);
    }
    watch.heard();
    watch.heard();
    expect(told()).to.deep.equal([
      "warn the deciding thread stands still; going on by the last plan",
      "info the deciding thread runs again",
    ]);
    expect(await stalls()).to.equal(20);
  });

  it("gives up after five minutes, and says why", async () => {
    await clock.advance(299 * SECOND);
    expect(watch.look()).to.equal(undefined);
    await clock.advance(SECOND);
    const why = "Cannot decide: the deciding thread must run at least every 300 s; it last ran 300 s ago";
    expect(watch.look()).to.be.instanceOf(Error).with.property("message", why);
  });
});
