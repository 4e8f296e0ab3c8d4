import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Cancel, Clock, Log } from "../ports.ts";

const EVERY_MILLIS = 5_000;
/** It is worth a pause if the heap has become this many times as large as it was left the last time. */
const WORTHWHILE = 1.5;

type CollectGarbage = (options: { readonly type: "major"; readonly flavor: "last-resort" }) => void;

/**
 * Gives memory back to the system that a burst of work has left behind, once it is over: a heap that has grown stays as it
 * is for as long as little happens. This stops the process for about a tenth of a second with 10,000 Services.
 *
 * @param isIdle - whether nothing is under way; twice in turn, 5 to 10 s apart, means that a burst is over.
 * @returns ends it.
 */
export function returnMemoryWhenIdle(clock: Clock, log: Log, isIdle: () => boolean): Cancel {
  // Threads and nodes that had the same burst are not to stop in the same moment.
  const pause = () => EVERY_MILLIS * (1 + clock.random());
  let wasIdle = false;
  let left = 0;
  let timer: Cancel = () => {};
  const look = () => {
    const idle = isIdle();
    const { heapTotal } = process.memoryUsage();
    if (idle && wasIdle && heapTotal > WORTHWHILE * left) {
      const begun = clock.monotonic();
      collector()({ type: "major", flavor: "last-resort" });
      left = process.memoryUsage().heapTotal;
      const millis = Math.round(clock.monotonic() - begun);
      log.debug({ before: heapTotal, after: left, millis }, "memory given back");
    }
    wasIdle = idle;
    timer = clock.after(pause(), look);
  };
  timer = clock.after(pause(), look);
  return () => timer();
}

// Node has it in new contexts only, once it has been told to.
function collector(): CollectGarbage {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as CollectGarbage;
}
