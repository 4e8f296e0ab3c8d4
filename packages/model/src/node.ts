import type { AddressRange, IpAddress } from "@fairlead/net";
import type { Labels } from "./label-selector.ts";

/** What Fairlead needs to know of a Node. */
export interface NodeInfo {
  readonly name: string;
  readonly labels: Labels;
  /** Condition Ready is True. */
  readonly ready: boolean;
  /** Condition NetworkUnavailable is True. */
  readonly networkUnavailable: boolean;
  /** status.addresses of type InternalIP. */
  readonly internalAddresses: readonly IpAddress[];
  /** status.addresses of types InternalIP and ExternalIP. */
  readonly addresses: readonly IpAddress[];
  /** spec.podCIDRs. */
  readonly podRanges: readonly AddressRange[];
}
