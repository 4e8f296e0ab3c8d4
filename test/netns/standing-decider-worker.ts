// A deciding thread without the rest: answers beats until it is sent an observation, then stands still for good.
import { parentPort } from "node:worker_threads";
import type { FromDecider, ToDecider } from "../../packages/speaker/src/io/decider-messages.ts";

const post = (message: FromDecider) => parentPort?.postMessage(message);
parentPort?.on("message", ({ kind }: ToDecider) => {
  if (kind === "beat") post({ kind: "beat" });
  if (kind === "observe") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
post({ kind: "started" });
