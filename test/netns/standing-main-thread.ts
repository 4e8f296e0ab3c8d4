// A speaker's main thread without the rest: standing-main-thread.ts FOLDER PORT LIMITS. Stands still, as in a system call that
// waits, for as many milliseconds as its parent sends it; for good with -1.
import { counter } from "@fairlead/runtime";
import { createLog } from "@fairlead/runtime/io";
import { DeciderThread } from "../../packages/speaker/src/io/decider-thread.ts";

const [store = "", port, limits = ""] = process.argv.slice(2);
counter({ name: "fairlead_standing_test_total", help: "Counts nothing." }).inc();
const classes = { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true };
await DeciderThread.start(
  {
    options: { store, logLevel: "info", logFormat: "json" },
    fixed: { node: "n1", forwarding: "direct", classes },
    metricsPort: Number(port),
    limits: JSON.parse(limits),
  },
  { onPlan() {}, notReady: () => undefined, onTroubles() {}, onCrash: () => process.exit(1) },
  createLog("info", "json", {}),
);
const cell = new Int32Array(new SharedArrayBuffer(4));
process.on("message", (millis: number) => void Atomics.wait(cell, 0, 0, millis < 0 ? undefined : millis));
