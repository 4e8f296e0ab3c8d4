import type { AnnouncementRefusal, NodeInfo } from "@fairlead/model";

/** A Node with this label, whatever its value, serves no external traffic (KEP-1143). */
export const EXCLUDE_LABEL = "node.kubernetes.io/exclude-from-external-load-balancers";

/** Nodes that may announce at all, and why each other one may not. */
export interface NodeEligibility {
  readonly eligible: ReadonlySet<string>;
  readonly refusals: ReadonlyMap<string, AnnouncementRefusal>;
}

/**
 * Sorts out the nodes. A node that is not Ready is passed over only while another is: when all have lost touch with the
 * API server, their traffic still flows.
 */
export function eligibleNodes(nodes: readonly NodeInfo[]): NodeEligibility {
  const refusals = new Map<string, AnnouncementRefusal>();
  for (const { name, labels, networkUnavailable } of nodes) {
    if (EXCLUDE_LABEL in labels) refusals.set(name, { code: "NodeExcluded", label: EXCLUDE_LABEL });
    else if (networkUnavailable) refusals.set(name, { code: "NetworkUnavailable" });
  }
  const rest = nodes.filter(({ name }) => !refusals.has(name));
  if (rest.some(({ ready }) => ready)) {
    for (const { name, ready } of rest) if (!ready) refusals.set(name, { code: "NodeNotReady" });
  }
  const eligible = new Set(nodes.map(({ name }) => name).filter((name) => !refusals.has(name)));
  return { eligible, refusals };
}
