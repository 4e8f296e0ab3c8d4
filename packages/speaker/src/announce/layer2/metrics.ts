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
  name: "fairlead_l2_refusals",
  help: "Addresses that this node is no candidate for, by reason.",
  labelNames: ["reason"],
});
