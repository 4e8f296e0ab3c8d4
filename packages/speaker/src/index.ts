export { NODE_REASONS } from "./reachability/reasons.ts";
