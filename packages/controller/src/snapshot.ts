import type { KindValues, ObjectCache } from "@fairlead/kube";
import { type ClassFilter, type KindName, objectKey, type Problem } from "@fairlead/model";
import type { Snapshot } from "./decide.ts";

/** The kinds that the controller decides on. */
export const CONTROLLER_KINDS = [
  "Service",
  "Namespace",
  "IPAddressPool",
  "L2Advertisement",
  "IPAllocation",
] as const satisfies readonly KindName[];

/** What a decision is made on. */
export interface Taken {
  readonly snapshot: Snapshot;
  /** Every Problem met in reading it. */
  readonly problems: readonly Problem[];
  /** The resourceVersion of each Service, by uid. */
  readonly versions: ReadonlyMap<string, string>;
}

/** The cache as decide() takes it. */
export function takeSnapshot(cache: ObjectCache, classes: ClassFilter): Taken {
  const problems = CONTROLLER_KINDS.flatMap((kind) => problemsOf(cache, kind));
  const unreadable = (kind: KindName) =>
    new Set(problems.filter(({ object }) => object.kind === kind).map(({ object }) => objectKey(object)));
  return {
    snapshot: {
      services: cache.values("Service"),
      unreadable: unreadable("Service"),
      unreadableAllocations: [...unreadable("IPAllocation")],
      allocations: cache.values("IPAllocation").flat(),
      pools: cache.values("IPAddressPool"),
      namespaceLabels: new Map(cache.values("Namespace").map(({ name, labels }) => [name, labels])),
      classes,
    },
    problems,
    versions: new Map(Array.from(cache.all("Service").values(), ({ uid, resourceVersion }) => [uid, resourceVersion])),
  };
}

function problemsOf(cache: ObjectCache, kind: keyof KindValues): Problem[] {
  return [...cache.all(kind).values()].flatMap(({ read }) => ("problems" in read ? read.problems : []));
}
