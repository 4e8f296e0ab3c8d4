import { parentPort, workerData } from "node:worker_threads";
import { openStore } from "@fairlead/kube";
import type { Trouble } from "@fairlead/model";
import { createLog, systemClock, UsageError } from "@fairlead/runtime";
import type { Plan } from "../decide.ts";
import { Decider } from "../decider.ts";
import { PlanSender } from "../plan-delta.ts";
import type { DeciderStart, FromDecider, ToDecider } from "./decider-messages.ts";

// Listing ten thousand objects keeps a thread busy for long: here that delays decisions, but no heartbeat.
const { options, fixed } = workerData as DeciderStart;
const log = createLog(options.logLevel, options.logFormat, { component: "speaker", node: fixed.node });
const post = (message: FromDecider) => parentPort?.postMessage(message);

try {
  const store = await openStore(options, systemClock, log, (of, cause) => post({ kind: "watchRestarted", of, cause }));
  const sender = new PlanSender();
  const onPlan = (plan: Plan) => {
    const delta = sender.advance(plan);
    if (delta !== undefined) post({ kind: "plan", delta });
  };
  const onTroubles = (troubles: readonly Trouble[]) => post({ kind: "troubles", troubles });
  const decider = new Decider({ store, clock: systemClock, log, fixed, onPlan, onTroubles });
  parentPort?.on("message", async (message: ToDecider) => {
    switch (message.kind) {
      case "status":
        decider.status(message.status);
        return;
      case "note":
        decider.note(message.event);
        return;
      case "stop":
        await decider.stop();
        post({ kind: "stopped" });
        parentPort?.close();
    }
  });
  decider.start();
  post({ kind: "started" });
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  post({ kind: "unusable", message: error.message });
}
