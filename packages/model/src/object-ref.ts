/** The kinds of object that Fairlead reads or writes. */
export type KindName =
  | "Service"
  | "Node"
  | "Namespace"
  | "EndpointSlice"
  | "IPAddressPool"
  | "L2Advertisement"
  | "IPAllocation"
  | "IPClaim"
  | "SpeakerStatus"
  | "ServiceCIDR"
  | "Lease"
  | "Event";

/** Names one object. `namespace` is absent for cluster-scoped kinds. */
export interface ObjectRef {
  readonly kind: KindName;
  readonly namespace?: string;
  readonly name: string;
}

/** "namespace/name", or the name alone for a cluster-scoped object: unique within a kind. */
export function objectKey(ref: Pick<ObjectRef, "namespace" | "name">): string {
  return ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;
}
