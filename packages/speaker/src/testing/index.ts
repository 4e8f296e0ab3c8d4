export * from "./recorded-conntrack.ts";
export * from "./simulated-kernel.ts";
export * from "./simulated-node.ts";
