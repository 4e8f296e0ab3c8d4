export { Agent } from "./agent.ts";
export type { AgentOptions, Heard, Layer2Wish, WantedAddress } from "./agent-options.ts";
export type { AgentReport } from "./agent-report.ts";
export { canAnnounce, type LinkRefusal } from "./choose-link.ts";
export { CLIENT_SLOTS, clientSlot } from "./client-hash.ts";
export type { Conflict, Finding, Layer2Event, Move } from "./events.ts";
export { HeartbeatKeys } from "./heartbeat/keys.ts";
export { answers, HEARTBEAT_IGNORED_CAUSES } from "./metrics.ts";
export { RELEASE_CAUSES, type ReleaseCause } from "./ownership/effect.ts";
export { type Candidacy, type Holding, TAKE_OVER_CAUSES, type TakeOverCause } from "./ownership/state.ts";
export { DEFAULT_TIMING, type OwnershipTiming, timingFor } from "./ownership/timing.ts";
export { DOUBT_CODES } from "./packet/doubt.ts";
export type { Responder } from "./ports.ts";
export {
  type KernelResponderOptions,
  gateKeeper,
  kernelResponder,
} from "./responder/kernel-responder.ts";
export {
  type GateElement,
  gateElement,
  isLinkTable,
  LINK_TABLE_FAMILIES,
  removeTable,
  replaceTable,
  tableName,
} from "./responder/kernel-table.ts";
export { type UserspaceResponderOptions, userspaceResponder } from "./responder/userspace-responder.ts";
export { type Sighting, Wire } from "./wire/wire.ts";
