import { counter, gauge } from "@fairlead/runtime";

/** Addresses that this node answers for. */
export const ownedAddresses = gauge<"link">({
  name: "fairlead_l2_owned_addresses",
  help: "Addresses that this node answers for, by link.",
  labelNames: ["link"],
});

/** Addresses taken and given up. */
export const moves = counter<"direction" | "cause">({
  name: "fairlead_l2_moves_total",
  help: "Addresses that this node took (own) or gave up (release), by cause.",
  labelNames: ["direction", "cause"],
});

/** Addresses that this node is no candidate for. */
export const announcementRefusals = gauge<"reason">({
  name: "fairlead_announcement_refusals",
  help: "Addresses that this node is no candidate for, by reason.",
  labelNames: ["reason"],
});

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
