export { type CachedObject, ObjectCache } from "./cache.ts";
export { cacheTroubles, isOutOfReach, mergeTroubles } from "./cache-troubles.ts";
export { customResourceDefinition } from "./crd.ts";
export { type EventNote, EventRecorder } from "./events.ts";
export type { KindValues } from "./kinds.ts";
export { DEFAULT_LEASE_TIMING, LeaderElection, type LeaseTiming } from "./lease.ts";
export { MemoryCluster } from "./memory/memory-cluster.ts";
export { MemoryStore, type StoreCall } from "./memory/memory-store.ts";
export { refOf } from "./memory/ref-of.ts";
export { watchRestarts } from "./metrics.ts";
export {
  type AllocationHold,
  type AllocationSpec,
  allocatedAddress,
  allocationName,
  allocationSpec,
  DRAINING,
  readHold,
} from "./parse/allocation.ts";
export { ANNOTATIONS, type Reading } from "./parse/annotations.ts";
export { RESERVED } from "./parse/claim.ts";
export { ALLOCATED } from "./parse/service.ts";
export {
  type ObjectSink,
  type RawObject,
  type StatusPatch,
  type Store,
  StoreError,
  type WatchedKind,
  type WatchScope,
} from "./ports.ts";
export { Rights } from "./rights.ts";
export { API_GROUP, API_VERSION } from "./schema/custom-resource.ts";
export { CUSTOM_RESOURCES } from "./schema/index.ts";
export { type Condition, condition } from "./schema/metadata.ts";
export { speakerStatus } from "./schema/speaker-status.ts";
export { notReadyWith, watchTroubles } from "./trouble-watch.ts";
