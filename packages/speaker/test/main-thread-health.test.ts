import { FakeClock } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { BEAT_LIMITS, MainThreadHealth } from "../src/main-thread-health.ts";

const SECOND = 1_000;

describe("MainThreadHealth", () => {
  let clock: FakeClock;
  let asked: number;
  let health: MainThreadHealth;
  beforeEach(() => {
    clock = new FakeClock();
    asked = 0;
    health = new MainThreadHealth(clock, () => asked++, BEAT_LIMITS);
  });

  it("is healthy from the start, and not ready before the main thread says so", () => {
    expect(health.healthy()).to.deep.equal({ ok: true, line: "ok: the main thread last ran 0.0 s ago" });
    expect(health.ready()).to.deep.equal({ ok: false, line: "starting" });
    health.beat("waiting for the first plan to be in effect");
    expect(health.ready()).to.deep.equal({ ok: false, line: "waiting for the first plan to be in effect" });
    health.beat(undefined);
    expect(health.ready()).to.deep.equal({ ok: true, line: "ok" });
  });

  it("stays healthy while the main thread stands still for minutes, says for how long, and is not ready", async () => {
    health.beat(undefined);
    await clock.advance(4 * SECOND);
    expect(health.ready().ok).to.equal(true);
    await clock.advance(290 * SECOND);
    expect(health.healthy()).to.deep.equal({ ok: true, line: "ok: the main thread last ran 294.0 s ago" });
    expect(health.ready().ok).to.equal(false);
    expect(health.ready().line).to.contain("stands still").and.to.contain("294.0 s");
  });

  it("is dead after five minutes, and well again if the main thread runs after all", async () => {
    await clock.advance(300 * SECOND);
    const line = "dead: the main thread must run at least every 300.0 s; the main thread last ran 300.0 s ago";
    expect(health.healthy()).to.deep.equal({ ok: false, line });
    health.beat(undefined);
    expect([health.healthy().ok, health.ready().ok]).to.deep.equal([true, true]);
  });

  it("asks the main thread for its metrics, for everybody who asks", async () => {
    const answers = Promise.all([health.metrics(), health.metrics()]);
    expect(asked).to.equal(2);
    health.takeMetrics("some 1\n");
    expect(await answers).to.deep.equal(["some 1\n", "some 1\n"]);
    await clock.advance(60 * SECOND);
  });

  it("gives up on metrics in words when the main thread does not answer, and takes a late answer for nobody's", async () => {
    const outcome = health.metrics().catch((error: Error) => error.message);
    await clock.advance(5 * SECOND);
    const what = "Cannot tell the metrics: the main thread must answer within 5.0 s";
    expect(await outcome).to.equal(`${what}; the main thread last ran 5.0 s ago`);
    health.takeMetrics("late 1\n");
    const next = health.metrics();
    health.takeMetrics("some 2\n");
    expect(await next).to.equal("some 2\n");
  });
});
