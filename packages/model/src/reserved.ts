import type { AddressRange } from "@fairlead/net";

/** What a network needs an address for, so that no Service may have it. */
export type ReservedKind =
  | "NodeAddress"
  | "Gateway"
  | "NetworkAddress"
  | "BroadcastAddress"
  | "PodRange"
  | "ServiceRange"
  | "Stranger";

/** Addresses that are never given out, and why: learned from the cluster. */
export interface ReservedRange {
  readonly range: AddressRange;
  readonly what: ReservedKind;
  /** Whose: the name of a Node or of a ServiceCIDR, the subnet, or the MAC address and who saw it. */
  readonly of: string;
  /** Of an address that a stranger has: whether no speaker had announced it before, so that another one will do. */
  readonly isNew?: boolean;
}

/** What an address is, as the end of a sentence. No final period. */
export function describeReserved({ what, of }: Pick<ReservedRange, "what" | "of">): string {
  switch (what) {
    case "NodeAddress":
      return `an address of Node ${of}`;
    case "Gateway":
      return `a router that Node ${of} uses`;
    case "NetworkAddress":
      return `the network address of ${of}`;
    case "BroadcastAddress":
      return `the broadcast address of ${of}`;
    case "PodRange":
      return `in the pod range of Node ${of}`;
    case "ServiceRange":
      return `in the range of ServiceCIDR ${of}, for cluster addresses`;
    case "Stranger":
      return `in use by ${of}`;
  }
}
