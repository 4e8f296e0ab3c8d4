import type { ObjectRef, Pool, ServiceAllocation } from "@fairlead/model";
import { type AddressRange, formatRange, mergeRanges, parseRange, rangesOverlap, subtractRanges } from "@fairlead/net";
import { z } from "zod";
import { ipAddressPool } from "../schema/ip-address-pool.ts";
import type { ObjectMeta } from "../schema/metadata.ts";
import { readSelector } from "./label-selector.ts";
import { check, parseEach, type Read } from "./read.ts";

const POOL = z.object({ spec: ipAddressPool.spec });

/** Reads an IPAddressPool. */
export function readPool(ref: ObjectRef, meta: ObjectMeta, raw: unknown): Read<Pool> {
  const checked = check(ref, POOL, raw);
  if ("problems" in checked) return checked;
  const { spec } = checked.value;
  const addresses = parseEach(ref, "spec.addresses", spec.addresses, parseRange);
  const exclude = parseEach(ref, "spec.exclude", spec.exclude, parseRange);
  const problems = [...addresses.problems, ...exclude.problems];
  const clash = firstOverlap(addresses.values);
  if (clash !== undefined) {
    const message = `ranges of one pool must not overlap, got ${clash.map(formatRange).join(" and ")}`;
    problems.push({ object: ref, field: "spec.addresses", reason: "PoolOverlaps", message });
  }
  if (problems.length > 0) return { problems };
  return {
    value: {
      name: ref.name,
      created: meta.creationTimestamp ?? "",
      labels: meta.labels ?? {},
      usable: subtractRanges(addresses.values, exclude.values),
      total: mergeRanges(addresses.values),
      avoidBuggyIPs: spec.avoidBuggyIPs,
      autoAssign: spec.autoAssign,
      advertise: spec.advertise,
      ...(spec.namespaceQuota === undefined ? {} : { namespaceQuota: spec.namespaceQuota }),
      coolDownMillis: 1000 * spec.coolDownSeconds,
      ...(spec.serviceAllocation === undefined ? {} : { serviceAllocation: readAllocation(spec.serviceAllocation) }),
    },
  };
}

type AllocationSpec = NonNullable<z.output<typeof ipAddressPool.spec>["serviceAllocation"]>;

function readAllocation(spec: AllocationSpec): ServiceAllocation {
  return {
    priority: spec.priority,
    namespaces: spec.namespaces,
    namespaceSelectors: spec.namespaceSelectors.map(readSelector),
    serviceSelectors: spec.serviceSelectors.map(readSelector),
  };
}

function firstOverlap(ranges: readonly AddressRange[]): [AddressRange, AddressRange] | undefined {
  for (const [index, range] of ranges.entries()) {
    const other = ranges.slice(index + 1).find((later) => rangesOverlap(range, later));
    if (other !== undefined) return [range, other];
  }
  return undefined;
}
