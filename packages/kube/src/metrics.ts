import { counter } from "@fairlead/runtime";

/** Watches that had to start again; counted by whoever opens the store. */
export const watchRestarts = counter<"kind" | "cause">({
  name: "fairlead_watch_restarts_total",
  help: "Times that the watch of a kind had to start again, by cause.",
  labelNames: ["kind", "cause"],
});

/** Requests that change objects. */
export const apiWrites = counter<"kind" | "verb" | "outcome">({
  name: "fairlead_api_writes_total",
  help: "Requests to the API server that change objects, by kind, verb and outcome: ok, or the reason of the failure.",
  labelNames: ["kind", "verb", "outcome"],
});
