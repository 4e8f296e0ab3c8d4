import type { ForwardingMode } from "@fairlead/forwarding";
import type { ObjectCache } from "@fairlead/kube";
import type {
  Allocation,
  ClassFilter,
  KindName,
  L2Advertisement,
  NodeInfo,
  Pool,
  PortEndpoints,
  Service,
} from "@fairlead/model";
import type { Observation } from "../ports.ts";

/** The kinds that a speaker decides on. */
export const SPEAKER_KINDS = [
  "Service",
  "EndpointSlice",
  "Node",
  "IPAddressPool",
  "L2Advertisement",
  "IPAllocation",
] as const satisfies readonly KindName[];

/** What a survey looks at: the same on every node. */
export interface ClusterView {
  readonly classes: ClassFilter;
  readonly services: readonly Service[];
  readonly endpoints: readonly PortEndpoints[];
  readonly nodes: readonly NodeInfo[];
  readonly pools: readonly Pool[];
  readonly advertisements: readonly L2Advertisement[];
  readonly allocations: readonly Allocation[];
}

/** Everything that the decision of one speaker looks at. */
export interface Snapshot extends ClusterView {
  /** Name of this node. */
  readonly node: string;
  readonly forwarding: ForwardingMode;
  /** Nodes that this one takes for lost: their endpoints come last. */
  readonly lost: ReadonlySet<string>;
}

/** The cache as decide() takes it. */
export function takeSnapshot(
  cache: ObjectCache,
  { node, forwarding, classes }: Pick<Snapshot, "node" | "forwarding" | "classes">,
  { lost }: Observation,
): Snapshot {
  return { node, forwarding, lost, ...viewOf(cache, classes) };
}

/** The cache as survey() takes it. */
export function viewOf(cache: ObjectCache, classes: ClassFilter): ClusterView {
  return {
    classes,
    services: cache.values("Service"),
    endpoints: cache.values("EndpointSlice").flat(),
    nodes: cache.values("Node"),
    pools: cache.values("IPAddressPool"),
    advertisements: cache.values("L2Advertisement"),
    allocations: cache.values("IPAllocation"),
  };
}
