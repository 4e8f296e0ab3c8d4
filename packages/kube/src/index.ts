export * from "./cache.ts";
export * from "./cache-troubles.ts";
export * from "./crd.ts";
export * from "./events.ts";
export * from "./io/api-store.ts";
export * from "./io/folder-store.ts";
export { KubeConfigError } from "./io/kubeconfig.ts";
export * from "./io/open-store.ts";
export * from "./kinds.ts";
export * from "./lease.ts";
export * from "./metrics.ts";
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
export * from "./ports.ts";
export * from "./rights.ts";
export * from "./schema/index.ts";
export * from "./trouble-watch.ts";
