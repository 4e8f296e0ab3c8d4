import { counter, histogram } from "@fairlead/runtime";

/** Every {@link HeartbeatIgnoredCause}; docs/troubleshooting.md has a heading for each. */
export const HEARTBEAT_IGNORED_CAUSES = ["Malformed", "Unauthenticated", "WrongKey", "Unproven", "Replayed"] as const;

/**
 * Why a heartbeat is ignored. `Malformed`: it is none, or of another version. `Unauthenticated`: without a tag, though
 * there is a key. `WrongKey`: its tag was made with another key. `Unproven`: its sender has yet to show that it lives now.
 * `Replayed`: older than what was heard of its sender, or repeated.
 */
export type HeartbeatIgnoredCause = (typeof HEARTBEAT_IGNORED_CAUSES)[number];

/** How long addresses were without an owner. */
export const takeOverGap = histogram({
  name: "fairlead_l2_take_over_gap_seconds",
  help: "Time from the last heartbeat of an owner that fell silent until this node answered for one of its addresses.",
  buckets: [0.3, 0.5, 0.6, 0.65, 0.7, 0.8, 1, 1.5, 2, 5, 10],
});

/** How punctual this process is. */
export const tickDelay = histogram({
  name: "fairlead_l2_tick_delay_seconds",
  help: "How much later than due heartbeats were sent: how long the process was stopped or busy.",
  buckets: [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
});

/** Addresses announced unasked. */
export const announcements = counter<"occasion">({
  name: "fairlead_l2_announcements_total",
  help: "Times that an address was announced unasked, by occasion: burst after it was taken or a link came up, or refresh.",
  labelNames: ["occasion"],
});

/** What became of requests, in the kernel or in this process. */
export const answers = counter<"outcome">({
  name: "fairlead_l2_answers_total",
  help: "Requests by ARP and NDP for addresses of this node, by outcome: Answered, or why not. From user space, all other frames too.",
  labelNames: ["outcome"],
});

/** Sightings of strangers. */
export const conflicts = counter<"reason">({
  name: "fairlead_l2_conflicts_total",
  help: "Times that another host, not a speaker, was seen to use a wanted address, by reason: AddressInUse if it used it first.",
  labelNames: ["reason"],
});

/** Questions about addresses of other speakers. */
export const wireChecks = counter<"outcome">({
  name: "fairlead_l2_wire_checks_total",
  help: "Times that an address of another node was asked for on the link, by outcome: Answered, or what was wrong.",
  labelNames: ["outcome"],
});

/** Heartbeats that were not taken. */
export const heartbeatsIgnored = counter<"cause">({
  name: "fairlead_l2_heartbeats_ignored_total",
  help: "Heartbeats of other speakers that were ignored, by cause.",
  labelNames: ["cause"],
});
