export * from "./recorded-conntrack.ts";
export * from "./simulated-node.ts";
