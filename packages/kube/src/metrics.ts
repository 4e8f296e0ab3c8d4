import { counter } from "@fairlead/runtime";

/** Watches that had to start again; counted by whoever opens the store. */
export const watchRestarts = counter<"kind" | "cause">({
  name: "fairlead_watch_restarts_total",
  help: "Times that the watch of a kind had to start again, by cause.",
  labelNames: ["kind", "cause"],
});
