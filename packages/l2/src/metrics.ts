import { counter } from "@fairlead/runtime";

/** Every {@link HeartbeatIgnoredCause}; docs/troubleshooting.md has a heading for each. */
export const HEARTBEAT_IGNORED_CAUSES = ["Malformed", "Unauthenticated", "WrongKey", "Unproven", "Replayed"] as const;

/**
 * Why a heartbeat is ignored. `Malformed`: it is none, or of another version. `Unauthenticated`: without a tag, though
 * there is a key. `WrongKey`: its tag was made with another key. `Unproven`: its sender has yet to show that it lives now.
 * `Replayed`: older than what was heard of its sender, or repeated.
 */
export type HeartbeatIgnoredCause = (typeof HEARTBEAT_IGNORED_CAUSES)[number];

/** Sightings of strangers. */
export const conflicts = counter<"reason">({
  name: "fairlead_l2_conflicts_total",
  help: "Times that somebody who is no speaker was seen to have a wanted address, by reason: AddressInUse if it had it first.",
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
