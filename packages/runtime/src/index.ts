export * from "./backoff.ts";
export * from "./io/clock.ts";
export * from "./io/log.ts";
export * from "./ports.ts";
export * from "./queue.ts";
