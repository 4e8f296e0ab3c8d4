import { counter, gauge, histogram } from "@fairlead/runtime";

/** Addresses of each pool. */
export const poolAddresses = gauge<"pool" | "family" | "state">({
  name: "fairlead_pool_addresses",
  help: "Addresses of an IPAddressPool by family and state: total, usable, assigned or available.",
  labelNames: ["pool", "family", "state"],
});

/** Addresses given out. */
export const allocations = counter({
  name: "fairlead_allocations_total",
  help: "Addresses claimed for Services, those adopted from a status included.",
});

/** Services that were refused something, counted when it is said for the first time. */
export const refusals = counter<"reason">({
  name: "fairlead_allocation_refusals_total",
  help: "Services refused an address, by reason; counted once for each change of reason.",
  labelNames: ["reason"],
});

/** Time that changes waited. */
export const queueSeconds = histogram({
  name: "fairlead_queue_seconds",
  help: "Time from the first change that asked for a decision to the decision.",
  buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
});

/** Time of one decision. */
export const decisionSeconds = histogram({
  name: "fairlead_decision_seconds",
  help: "Time that one decision of the controller took, without its writes.",
  buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1],
});

/** Time of a piece of work. */
export const workSeconds = histogram<"kind">({
  name: "fairlead_work_seconds",
  help: "Time from the decision about one object until all of it was written, by kind of the object.",
  labelNames: ["kind"],
  buckets: [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
});

/** Whether this replica leads. */
export const leading = gauge({ name: "fairlead_leading", help: "1 while this replica of the controller leads." });
