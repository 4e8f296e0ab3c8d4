import {
  type Allocation,
  type AllocationRefusal,
  type AllocationRefusalCode,
  describeRefusal,
  type IPClaim,
} from "@fairlead/model";
import { compareAddresses } from "@fairlead/net";

/** Changes to the status of an IPClaim. */
export interface ClaimStatus {
  /** All that it reserves, in canonical text. */
  readonly addresses: readonly string[];
  readonly condition: {
    readonly status: "True" | "False";
    readonly reason: "Reserved" | AllocationRefusalCode;
    readonly message: string;
  };
}

/** What of this differs from the status as it stands; undefined if nothing does. */
export function claimStatus(
  claim: IPClaim,
  reserved: readonly Allocation[],
  refusal: AllocationRefusal | undefined,
): ClaimStatus | undefined {
  const kept = [...reserved].sort((a, b) => compareAddresses(a.ip, b.ip));
  const addresses = kept.map(({ address }) => address);
  const list = kept.map(({ address, pool }) => `${address} from IPAddressPool ${pool}`).join(", ");
  const condition: ClaimStatus["condition"] =
    refusal === undefined
      ? { status: "True", reason: "Reserved", message: list }
      : {
          status: "False",
          reason: refusal.code,
          message: `${describeRefusal(refusal)}${list === "" ? "" : `. It keeps ${list}`}`,
        };
  const seen = claim.condition;
  const same =
    seen?.status === condition.status &&
    seen.reason === condition.reason &&
    seen.message === condition.message &&
    addresses.join() === claim.reserved.join();
  return same ? undefined : { addresses, condition };
}
