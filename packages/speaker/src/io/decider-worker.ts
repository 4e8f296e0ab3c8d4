import { parentPort, workerData } from "node:worker_threads";
import { Forwarding } from "@fairlead/forwarding";
import { ConntrackCommand } from "@fairlead/forwarding/io";
import { watchRestarts } from "@fairlead/kube";
import { openStore } from "@fairlead/kube/io";
import type { Trouble } from "@fairlead/model";
import { NftCommand } from "@fairlead/nftables/io";
import { mergeMetrics, metricFamilies, UsageError } from "@fairlead/runtime";
import { createLog, returnMemoryWhenIdle, serveHealth, systemClock } from "@fairlead/runtime/io";
import { Decider } from "../decider.ts";
import { MainThreadHealth } from "../main-thread-health.ts";
import { OfferedForwarding } from "../offered-forwarding.ts";
import type { Decision } from "../plan/decide.ts";
import type { Plan } from "../plan/plan.ts";
import { isNothing, TablesSender } from "../plan/tables.ts";
import type { DeciderStart, FromDecider, ToDecider } from "./decider-messages.ts";

// All that is slow is here: to list ten thousand objects, to decide on them, to write thousands of rules delays decisions, but
// no heartbeat. It waits for nothing in the kernel, as the main thread may, so it also says how that one is.
const { options, fixed, metricsPort, limits } = workerData as DeciderStart;
const log = createLog(options.logLevel, options.logFormat, { component: "speaker", node: fixed.node });
const post = (message: FromDecider) => parentPort?.postMessage(message);

try {
  const store = await openStore(options, systemClock, log, (kind, cause) => watchRestarts.inc({ kind, cause }));
  const sender = new TablesSender<Plan>();
  const conntrack = new ConntrackCommand({ log });
  const offered = new OfferedForwarding(new Forwarding({ nft: new NftCommand(), conntrack }));
  const onDecision = ({ plan, forwarding }: Decision) => {
    const delta = sender.advance(plan);
    if (isNothing(delta) && !offered.isNews(forwarding)) return;
    post({ kind: "plan", number: offered.offer(forwarding), delta });
  };
  const forward = (plan: number) => {
    offered.apply(plan).then(
      () => post({ kind: "forwarded", plan }),
      ({ name, message }: Error) => post({ kind: "forwarded", plan, error: { name, message } }),
    );
  };
  const onTroubles = (troubles: readonly Trouble[]) => post({ kind: "troubles", troubles });
  const decider = new Decider({ store, clock: systemClock, log, fixed, onDecision, onTroubles });
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
        post({ kind: "beat" });
        return;
      case "metrics":
        health.takeMetrics(await mergeMetrics([message.families, await metricFamilies()]));
        return;
      case "forward":
        forward(message.plan);
        return;
      case "observe":
        decider.observe(message.seen);
        return;
      case "stop":
        stopReturning();
        await decider.stop();
        post({ kind: "stopped" });
        parentPort?.close();
    }
  });
  await serveHealth(metricsPort, health);
  decider.start();
  const stopReturning = returnMemoryWhenIdle(systemClock, log, () => decider.idle);
  post({ kind: "started" });
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  post({ kind: "unusable", message: error.message });
}
