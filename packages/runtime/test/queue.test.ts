import { FakeClock } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { Queue } from "../src/queue.ts";

const OPTIONS = { settle: 5, atLeastEvery: 1_000, retry: { first: 100, most: 400 } };

/** A queue whose runs last until the test ends them. */
class Bench {
  readonly clock = new FakeClock();
  readonly failures: string[] = [];
  started = 0;
  #finish: PromiseWithResolvers<void> | undefined;
  readonly queue = new Queue(
    () => this.#run(),
    (error, retryIn) => void this.failures.push(`${error} ${retryIn}`),
    this.clock,
    OPTIONS,
  );

  #run(): Promise<void> {
    if (this.#finish !== undefined) throw new Error("two runs at once");
    this.started += 1;
    this.#finish = Promise.withResolvers();
    return this.#finish.promise;
  }

  async finish(error?: unknown): Promise<void> {
    const finish = this.#finish;
    this.#finish = undefined;
    if (error === undefined) finish?.resolve();
    else finish?.reject(error);
    await this.clock.advance(0);
  }
}

describe("Queue", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
    bench.clock.nextRandom = 0;
  });

  it("does nothing before it is asked", async () => {
    await bench.clock.advance(10_000);
    expect(bench.started).to.equal(0);
  });

  it("runs once for all requests of a moment", async () => {
    for (let i = 0; i < 10; i++) bench.queue.request();
    await bench.clock.advance(4);
    expect(bench.started).to.equal(0);
    bench.queue.request();
    await bench.clock.advance(1);
    expect(bench.started).to.equal(1);
  });

  it("is not put off by a stream of requests", async () => {
    for (let i = 0; i < 20; i++) {
      bench.queue.request();
      await bench.clock.advance(1);
    }
    expect(bench.started).to.equal(1);
  });

  it("runs once more for all requests made during a run, and never twice at once", async () => {
    bench.queue.request();
    await bench.clock.advance(5);
    for (let i = 0; i < 10; i++) bench.queue.request();
    await bench.clock.advance(100);
    expect(bench.started).to.equal(1);
    await bench.finish();
    await bench.clock.advance(5);
    expect(bench.started).to.equal(2);
    await bench.finish();
    await bench.clock.advance(500);
    expect(bench.started).to.equal(2);
  });

  it("runs from time to time although nobody asks, once it has begun", async () => {
    bench.queue.request();
    await bench.clock.advance(5);
    await bench.finish();
    await bench.clock.advance(999);
    expect(bench.started).to.equal(1);
    await bench.clock.advance(1);
    expect(bench.started).to.equal(2);
  });

  it("tries a failed run again, later and later, and afresh after a success", async () => {
    bench.queue.request();
    await bench.clock.advance(5);
    for (const delay of [50, 100, 200, 200]) {
      await bench.finish("no");
      await bench.clock.advance(delay);
    }
    expect(bench.started).to.equal(5);
    expect(bench.failures).to.deep.equal(["no 50", "no 100", "no 200", "no 200"]);
    await bench.finish();
    bench.queue.request();
    await bench.clock.advance(5);
    await bench.finish("no");
    expect(bench.failures.at(-1)).to.equal("no 50");
  });

  it("does not wait out a delay when it is asked", async () => {
    bench.queue.request();
    await bench.clock.advance(5);
    await bench.finish("no");
    bench.queue.request();
    await bench.clock.advance(5);
    expect(bench.started).to.equal(2);
  });

  it("does not wait out a delay when it was asked during the run that failed", async () => {
    bench.queue.request();
    await bench.clock.advance(5);
    bench.queue.request();
    await bench.finish("no");
    await bench.clock.advance(5);
    expect(bench.started).to.equal(2);
    await bench.finish("no");
    await bench.clock.advance(5);
    expect(bench.started).to.equal(2);
  });

  it("goes on after an action that throws before it is under way", async () => {
    const clock = new FakeClock();
    let runs = 0;
    const action = () => {
      runs += 1;
      throw new Error("at once");
    };
    const queue = new Queue(action, () => {}, clock, OPTIONS);
    queue.request();
    await clock.advance(5);
    queue.request();
    await clock.advance(5);
    expect(runs).to.equal(2);
  });

  it("starts nothing more when it is stopped, and waits for the run under way", async () => {
    bench.queue.request();
    await bench.clock.advance(5);
    bench.queue.request();
    let stopped = false;
    const stop = bench.queue.stop().then(() => {
      stopped = true;
    });
    await bench.clock.advance(100);
    expect(stopped).to.equal(false);
    await bench.finish();
    await stop;
    bench.queue.request();
    await bench.clock.advance(10_000);
    expect(bench.started).to.equal(1);
    expect(bench.clock.pending).to.equal(0);
  });

  it("can be stopped before it was asked, and twice", async () => {
    await bench.queue.stop();
    await bench.queue.stop();
    bench.queue.request();
    expect(bench.clock.pending).to.equal(0);
  });
});
