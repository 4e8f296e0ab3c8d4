export * from "./link-compliance.ts";
export * from "./memory-lan.ts";
