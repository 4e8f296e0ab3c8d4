export { Reachability } from "./reachability.ts";
export { NODE_REASONS, type NodeReason, type NodeRemark } from "./reasons.ts";
