export * from "./backoff.ts";
export * from "./io/clock.ts";
export * from "./io/http.ts";
export * from "./io/log.ts";
export * from "./io/program.ts";
export * from "./metrics.ts";
export * from "./ports.ts";
export * from "./queue.ts";
