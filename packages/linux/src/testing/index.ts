export * from "./echo-compliance.ts";
export * from "./link-compliance.ts";
export * from "./memory-lan.ts";
export * from "./memory-tcp.ts";
export { runBpf } from "./run-bpf.ts";
export * from "./tcp-compliance.ts";
