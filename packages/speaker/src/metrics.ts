import { counter, gauge } from "@fairlead/runtime";

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

/** Ports forwarded. */
export const forwardedPorts = gauge({
  name: "fairlead_forwarded_ports",
  help: "Ports of external addresses that this node forwards.",
});
