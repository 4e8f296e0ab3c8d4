import type { LinkSelector } from "@fairlead/net";
import type { LabelSelector } from "./label-selector.ts";

/** An L2Advertisement that was found good. Empty lists mean "all". */
export interface L2Advertisement {
  readonly name: string;
  readonly ipAddressPools: readonly string[];
  readonly ipAddressPoolSelectors: readonly LabelSelector[];
  readonly nodeSelectors: readonly LabelSelector[];
  readonly serviceSelectors: readonly LabelSelector[];
  readonly links: LinkSelector;
  readonly preferredNodes: readonly NodePreference[];
  /** Whether all candidates answer for an address, each for its part of the clients, or one for all. */
  readonly share: "None" | "Client";
}

/** Nodes that are to own an address before others. */
export interface NodePreference {
  /** 1 to 100; a node has the sum of all that select it. */
  readonly weight: number;
  readonly selector: LabelSelector;
}
