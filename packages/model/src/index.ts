export { compareAge, compareText } from "./age.ts";
export type { Allocation, ObjectIdentity, SeenCondition } from "./allocation.ts";
export {
  ANNOUNCEMENT_REFUSAL_CODES,
  type AnnouncementRefusal,
  type AnnouncementRefusalCode,
  describeAnnouncementRefusal,
} from "./announcement-refusal.ts";
export { type IPClaim, isClaimFor } from "./claim.ts";
export { DRAINING_CODES, type Draining, describeDraining } from "./draining.ts";
export type { Endpoint, PortEndpoints } from "./endpoint.ts";
export type { L2Advertisement } from "./l2-advertisement.ts";
export { anySelectorMatches, type LabelSelector, type Labels } from "./label-selector.ts";
export type { NodeInfo } from "./node.ts";
export type { NodeNetworks } from "./node-networks.ts";
export { type KindName, type ObjectRef, objectKey } from "./object-ref.ts";
export { type Permission, permissions } from "./permission.ts";
export type { Pool, ServiceAllocation } from "./pool.ts";
export { describeProblems, PROBLEM_REASONS, type Problem } from "./problem.ts";
export {
  ALLOCATION_REFUSAL_CODES,
  type AllocationRefusal,
  type AllocationRefusalCode,
  describeRefusal,
  type PoolAttempt,
} from "./refusal.ts";
export type { ReservedKind, ReservedRange } from "./reserved.ts";
export {
  type AddressRequest,
  CLEANUP_FINALIZER,
  type ClassFilter,
  FIELD_MANAGER,
  isServed,
  type Service,
  type ServicePort,
  wroteStatus,
} from "./service.ts";
export type { ServiceRange } from "./service-range.ts";
export { type ShareConflict, shareConflict } from "./sharing.ts";
export { describeTrouble, isPartial, TROUBLE_CODES, type Trouble } from "./trouble.ts";
