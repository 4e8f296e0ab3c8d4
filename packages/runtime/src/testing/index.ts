export * from "./fake-clock.ts";
export * from "./memory-log.ts";
