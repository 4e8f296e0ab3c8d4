import { parentPort, workerData } from "node:worker_threads";
import { openStore } from "@fairlead/kube/io";
import type { Trouble } from "@fairlead/model";
import { UsageError } from "@fairlead/runtime";
import { createLog, serveHealth, systemClock } from "@fairlead/runtime/io";
import type { Plan } from "../plan/plan.ts";
import { Decider } from "../decider.ts";
import { MainThreadHealth } from "../main-thread-health.ts";
import { TablesSender } from "../plan/tables.ts";
import type { DeciderStart, FromDecider, ToDecider } from "./decider-messages.ts";

// This thread waits for nothing in the kernel, as the main one may: so it says how that one is.
// Listing ten thousand objects keeps a thread busy for long: here that delays decisions, but no heartbeat.
const { options, fixed, metricsPort, limits } = workerData as DeciderStart;
const log = createLog(options.logLevel, options.logFormat, { component: "speaker", node: fixed.node });
const post = (message: FromDecider) => parentPort?.postMessage(message);

try {
  const store = await openStore(options, systemClock, log, (of, cause) => post({ kind: "watchRestarted", of, cause }));
  const sender = new TablesSender<Plan>();
  const onPlan = (plan: Plan) => {
    const delta = sender.advance(plan);
    if (delta !== undefined) post({ kind: "plan", delta });
  };
  const onTroubles = (troubles: readonly Trouble[]) => post({ kind: "troubles", troubles });
  const decider = new Decider({ store, clock: systemClock, log, fixed, onPlan, onTroubles });
  const health = new MainThreadHealth(systemClock, () => post({ kind: "metricsWanted" }), limits);
  parentPort?.on("message", async (message: ToDecider) => {
    switch (message.kind) {
      case "status":
        decider.status(message.status);
        return;
      case "note":
        decider.note(message.event);
        return;
      case "beat":
        health.beat(message.notReady);
        return;
      case "metrics":
        health.takeMetrics(message.text);
        return;
      case "observe":
        decider.observe(message.seen);
        return;
      case "stop":
        await decider.stop();
        post({ kind: "stopped" });
        parentPort?.close();
    }
  });
  await serveHealth(metricsPort, health);
  decider.start();
  post({ kind: "started" });
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  post({ kind: "unusable", message: error.message });
}
