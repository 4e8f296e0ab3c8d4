export * from "./echo-compliance.ts";
export * from "./link-compliance.ts";
export * from "./memory-lan.ts";
export { runBpf } from "./run-bpf.ts";
