import type { AnnouncementRefusal, NodeInfo } from "@fairlead/model";

/** A Node with this label, whatever its value, serves no external traffic (KEP-1143). */
export const EXCLUDE_LABEL = "node.kubernetes.io/exclude-from-external-load-balancers";

/** Why a node may announce nothing, whatever the address (A-13 and A-14 of test/reference); undefined if it may. */
export function nodeRefusal({ labels, networkUnavailable }: NodeInfo): AnnouncementRefusal | undefined {
  if (EXCLUDE_LABEL in labels) return { code: "NodeExcluded", label: EXCLUDE_LABEL };
  return networkUnavailable ? { code: "NetworkUnavailable" } : undefined;
}

/**
 * Of the candidates for an address, the ready ones; all of them when none is. A node may have lost touch with the API
 * server alone: to pass it over helps only where another can take its place.
 */
export function preferReady(candidates: readonly NodeInfo[]): readonly NodeInfo[] {
  const ready = candidates.filter((node) => node.ready);
  return ready.length > 0 ? ready : candidates;
}
