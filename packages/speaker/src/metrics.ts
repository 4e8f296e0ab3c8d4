import { counter, gauge, histogram } from "@fairlead/runtime";

/** Other nodes. */
export const knownNodes = gauge<"state">({
  name: "fairlead_nodes",
  help: "Other nodes by what this one knows of them: Unknown, Heard, SpeakerSilent, NodeLost or NodeReturning.",
  labelNames: ["state"],
});

/** Nodes lost. */
export const nodeLosses = counter({
  name: "fairlead_node_losses_total",
  help: "Times that another node gave no sign of life any more, so that its endpoints get new connections last.",
});

/** Times that nothing was decided. */
export const decidingStalls = histogram({
  name: "fairlead_deciding_thread_stall_seconds",
  help: "How long the thread that decides stood still, each time that it did for more than 5 s.",
  buckets: [10, 30, 60, 120, 300],
});

/** Ports forwarded. */
export const forwardedPorts = gauge({
  name: "fairlead_forwarded_ports",
  help: "Ports of external addresses that this node forwards.",
});
