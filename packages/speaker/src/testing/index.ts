export * from "./simulated-kernel.ts";
export * from "./simulated-node.ts";
