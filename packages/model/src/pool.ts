import type { AddressRange } from "@fairlead/net";
import type { LabelSelector, Labels } from "./label-selector.ts";

/** An IPAddressPool whose every field has been read and found good. */
export interface Pool {
  readonly name: string;
  /** Creation time as RFC 3339 text: of two pools that overlap, the older one stays. */
  readonly created: string;
  readonly labels: Labels;
  /**
   * The addresses that may be given out: spec.addresses without spec.exclude; disjoint, IPv4 first, ascending. Those
   * that end in .0 or .255 are among them even with avoidBuggyIPs: a large pool would fall into thousands of ranges.
   */
  readonly usable: readonly AddressRange[];
  /** spec.addresses merged, exclusions included: for the total, and for overlaps. */
  readonly total: readonly AddressRange[];
  /** Whether IPv4 addresses that end in .0 or .255 are never given out. */
  readonly avoidBuggyIPs: boolean;
  /** Whether a Service that asks for nothing may get an address from here. */
  readonly autoAssign: boolean;
  /** Whether the pool is announced on Layer 2 although no advertisement selects it. */
  readonly advertise: "Auto" | "Manual";
  readonly serviceAllocation?: ServiceAllocation;
  /** The most addresses of each family that one namespace may hold from here; undefined for no limit. */
  readonly namespaceQuota?: number;
  /** For how long an address that was given up goes to another Service only if no other address is free; 0 for not at all. */
  readonly coolDownMillis: number;
}

/** Which Services a pool is for, and how eagerly (MetalLB's serviceAllocation). */
export interface ServiceAllocation {
  /** Lower is tried first; 0 comes after every other. */
  readonly priority: number;
  readonly namespaces: readonly string[];
  readonly namespaceSelectors: readonly LabelSelector[];
  readonly serviceSelectors: readonly LabelSelector[];
}
