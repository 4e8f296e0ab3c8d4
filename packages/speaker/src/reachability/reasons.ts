import type { Millis } from "@fairlead/runtime";
import { holdOf } from "./step.ts";
import { QUESTIONS, type ReachabilityState, type WatchedNode } from "./types.ts";

/** Every {@link NodeReason}; docs/troubleshooting.md has a heading for each. */
export const NODE_REASONS = ["NodeLost", "NodeReturning", "SpeakerSilent", "NoAnswer"] as const;

/** Why a node is not simply heard. `NoAnswer`: it is, but what it is asked does not reach it, or its answers do not come. */
export type NodeReason = (typeof NODE_REASONS)[number];

/** A node that is not simply heard. */
export interface NodeRemark {
  readonly node: string;
  readonly reason: NodeReason;
  /** By the monotonic clock. */
  readonly since: Millis;
  /** A sentence without its period: what is seen, and what it means for endpoints there. */
  readonly message: string;
}

/** The nodes that something is to be said of. */
export function nodeRemarks({ nodes }: ReachabilityState): NodeRemark[] {
  return [...nodes].flatMap(([node, watched]) => {
    const reason = reasonOf(watched);
    return reason === undefined ? [] : [{ node, reason, since: watched.since, message: messageOf(reason, watched) }];
  });
}

function reasonOf({ state, answers, suspected, unanswered }: WatchedNode): NodeReason | undefined {
  if (state === "Unknown") return undefined;
  if (state !== "Heard") return state;
  return !answers && !suspected && unanswered >= QUESTIONS ? "NoAnswer" : undefined;
}

function messageOf(reason: NodeReason, node: WatchedNode): string {
  switch (reason) {
    case "NodeLost":
      return "No heartbeat and no answer comes from the node: its endpoints get new connections only where a Service has no others";
    case "NodeReturning":
      return `Signs of life come from the node again: its endpoints get new connections once these have been steady for ${holdOf(node) / 1_000} s`;
    case "SpeakerSilent":
      return node.answers
        ? "No heartbeat comes from its speaker, but the node answers: its endpoints get new connections as before"
        : "No heartbeat comes from its speaker, and the node has not answered questions before either, so it is not taken for lost: its endpoints get new connections as before";
    case "NoAnswer":
      return "Its speaker is heard, but the node answers neither ping nor ARP or NDP for its InternalIP: if it is lost, its endpoints get new connections until Kubernetes says that it is not ready";
  }
}
