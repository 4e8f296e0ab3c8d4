import type { StatusPatch } from "@fairlead/kube";
import { canAnnounce } from "@fairlead/l2";
import type { Link } from "@fairlead/linux";
import type { ClassFilter } from "@fairlead/model";
import { formatAddress, formatPrefix } from "@fairlead/net";
import { type Millis, VERSION } from "@fairlead/runtime";
import type { Plan } from "../plan/plan.ts";
import type { NodeRemark } from "../reachability/index.ts";

/** What a speaker was started with, as far as its decisions depend on it. */
export interface SpeakerSettings extends ClassFilter {
  /** What was asked for: auto, kernel or userspace. */
  readonly responder: string;
  /** Silence after which another speaker counts as gone. */
  readonly detectionMilliseconds: Millis;
}

/** What a status tells besides what each way to announce has to say. */
export interface SpeakerFacts {
  /** RFC 3339. */
  readonly startedAt: string;
  readonly settings: SpeakerSettings;
  /** All links of the node. */
  readonly links: readonly Link[];
  /** The nodes that are not simply heard. */
  readonly nodes: readonly NodeRemark[];
  /** Turns a time of the monotonic clock into RFC 3339. */
  readonly wallClock: (monotonic: Millis) => string;
}

/** Other nodes at most. */
const MOST_NODES = 100;

/** What a SpeakerStatus tells of the speaker and its node, whatever the way to announce. */
export function speakerStatus(plan: Plan, { startedAt, settings, links, nodes, wallClock }: SpeakerFacts): StatusPatch {
  return {
    version: VERSION,
    startedAt,
    options: settings,
    forwarding: plan.forwarding.get("node"),
    links: links.filter(canAnnounce).map(({ name, mac, up, addresses, gateways }) => ({
      name,
      mac,
      up,
      subnets: addresses.map(formatPrefix),
      gateways: gateways.map(formatAddress),
    })),
    nodes: nodes.slice(0, MOST_NODES).map(({ node, reason, since, message }) => ({
      name: node,
      reason,
      since: wallClock(since),
      message,
    })),
  };
}
