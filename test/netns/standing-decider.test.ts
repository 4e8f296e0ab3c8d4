import { MemoryLog } from "@fairlead/runtime/testing";
import { until } from "@fairlead/testing";
import { expect } from "chai";
import { DeciderThread } from "../../packages/speaker/src/io/decider-thread.ts";

const LIMITS = { dead: 4_000, notReady: 1_500, metrics: 300 };
const WORKER = new URL("./standing-decider-worker.ts", import.meta.url);

describe("a speaker whose deciding thread stands still", () => {
  it("goes on, says so, and gives up when the thread does not come back", async () => {
    const log = new MemoryLog();
    const crashes: Error[] = [];
    const thread = await DeciderThread.start(
      {
        options: { logLevel: "info", logFormat: "json" },
        fixed: { node: "n1", forwarding: "direct", classes: { loadBalancerClass: "x", unclassed: true } },
        metricsPort: 0,
        limits: LIMITS,
      },
      { onPlan() {}, onTroubles() {}, notReady: () => undefined, onCrash: (error) => crashes.push(error) },
      log,
      WORKER,
    );
    try {
      thread.observe({ lost: new Set() });
      const said = () => log.lines.map(({ message }) => message);
      await until("it says that the thread stands still", () => said().some((line) => line.includes("stands still")));
      expect(crashes).to.deep.equal([]);
      const [crash] = await until("it gives up", () => crashes.length > 0 && crashes, { withinMillis: 20_000 });
      expect(crash?.message).to.match(
        /^Cannot decide: the deciding thread must run at least every 4 s; it last ran \d s ago$/,
      );
    } finally {
      await thread.stop();
    }
  });
});
