/**
 * Why a received ARP frame or NDP message gets no answer. `Malformed`: no IPv4-over-Ethernet ARP packet, no Neighbor
 * Discovery message. `NotRequest`: no question. `OtherDestination`: the frame was neither for us nor for all.
 * `NotAnsweredFor`: another's address. `OtherShare`: another node answers this client. `Expired`: we have it, but have not
 * been told for too long that we still may answer.
 */
export type DropReason = "Malformed" | "NotRequest" | "OtherDestination" | "NotAnsweredFor" | "OtherShare" | "Expired";

/** Every {@link DropReason}, for metrics and tests. */
export const DROP_REASONS = [
  "Malformed",
  "NotRequest",
  "OtherDestination",
  "NotAnsweredFor",
  "OtherShare",
  "Expired",
] as const;
