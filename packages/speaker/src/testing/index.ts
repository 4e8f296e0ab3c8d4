export { Decider } from "../decider.ts";
export type { Decision } from "../plan/decide.ts";
export * from "./simulated-kernel.ts";
export * from "./simulated-node.ts";
