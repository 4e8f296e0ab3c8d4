import {
  anySelectorMatches,
  compareAge,
  compareText,
  type Labels,
  type Pool,
  type Problem,
  type ReservedRange,
} from "@fairlead/model";
import { formatRange, rangesOverlap, subtractRanges } from "@fairlead/net";
import type { Seeker, Surroundings } from "./context.ts";

/** The pools that may be used, and what is wrong with the others. */
export interface AcceptedPools {
  readonly pools: readonly Pool[];
  readonly problems: readonly Problem[];
}

/** Of pools that overlap, the oldest is accepted (by name, if of one age); each other one is a Problem. */
export function acceptPools(pools: readonly Pool[]): AcceptedPools {
  const accepted: Pool[] = [];
  const problems: Problem[] = [];
  for (const pool of [...pools].sort(compareAge)) {
    const clash = firstClash(pool, accepted);
    if (clash === undefined) accepted.push(pool);
    else {
      problems.push({
        object: { kind: "IPAddressPool", name: pool.name },
        field: "spec.addresses",
        reason: "PoolOverlaps",
        message: clash,
      });
    }
  }
  return { pools: accepted, problems };
}

/** What is known of the pools' surroundings, put together; see {@link Surroundings}. */
export function surroundingsOf(
  accepted: readonly Pool[],
  namespaceLabels: ReadonlyMap<string, Labels>,
  learned: readonly ReservedRange[],
): Surroundings {
  const total = accepted.flatMap((pool) => pool.total);
  const reserved = learned.filter(({ range }) => total.some((own) => rangesOverlap(own, range)));
  const holes = reserved.map(({ range }) => range);
  const pools = accepted.map((pool) => ({ ...pool, usable: subtractRanges(pool.usable, holes) }));
  return { pools, namespaceLabels, reserved };
}

/**
 * The pools that a Service may use without asking for one, in the order in which they are tried: those made for it
 * (serviceAllocation) before those for all, lower priority number first, 0 last, then by name.
 */
export function poolsInOrder(
  pools: readonly Pool[],
  seeker: Seeker,
  namespaceLabels: ReadonlyMap<string, Labels>,
): Pool[] {
  const rank = ({ serviceAllocation }: Pool): [number, number] => {
    if (serviceAllocation === undefined) return [1, 0];
    return [0, serviceAllocation.priority === 0 ? Number.POSITIVE_INFINITY : serviceAllocation.priority];
  };
  return pools
    .filter((pool) => pool.autoAssign && poolAllows(pool, seeker, namespaceLabels))
    .sort((a, b) => {
      const [kindA, priorityA] = rank(a);
      const [kindB, priorityB] = rank(b);
      if (kindA !== kindB) return kindA - kindB;
      return priorityA === priorityB ? compareText(a.name, b.name) : priorityA - priorityB;
    });
}

/** Whether serviceAllocation lets this Service use the pool: its namespace and its labels must both match, where given. */
export function poolAllows(
  { serviceAllocation }: Pool,
  { namespace, labels }: Pick<Seeker, "namespace" | "labels">,
  namespaceLabels: ReadonlyMap<string, Labels>,
): boolean {
  if (serviceAllocation === undefined) return true;
  const { namespaces, namespaceSelectors, serviceSelectors } = serviceAllocation;
  const anyNamespace = namespaces.length === 0 && namespaceSelectors.length === 0;
  const namespaceMatches =
    anyNamespace ||
    namespaces.includes(namespace) ||
    anySelectorMatches(namespaceSelectors, namespaceLabels.get(namespace) ?? {});
  return namespaceMatches && (serviceSelectors.length === 0 || anySelectorMatches(serviceSelectors, labels));
}

function firstClash(pool: Pool, accepted: readonly Pool[]): string | undefined {
  for (const range of pool.total) {
    for (const other of accepted) {
      const taken = other.total.find((held) => rangesOverlap(held, range));
      if (taken !== undefined) {
        return `pools must not overlap, got ${formatRange(range)}, which overlaps ${formatRange(taken)} of IPAddressPool ${other.name}`;
      }
    }
  }
  return undefined;
}
