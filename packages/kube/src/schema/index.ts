import type { CustomResource } from "./custom-resource.ts";
import { ipAddressPool } from "./ip-address-pool.ts";
import { ipAllocation } from "./ip-allocation.ts";
import { ipClaim } from "./ip-claim.ts";
import { l2Advertisement } from "./l2-advertisement.ts";
import { speakerStatus } from "./speaker-status.ts";

/** Every kind of Fairlead's API. */
export const CUSTOM_RESOURCES: readonly CustomResource[] = [
  ipAddressPool,
  l2Advertisement,
  ipAllocation,
  ipClaim,
  speakerStatus,
];
