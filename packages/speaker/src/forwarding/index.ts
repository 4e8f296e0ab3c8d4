export * from "./diff.ts";
export * from "./forwarding.ts";
export * from "./placement.ts";
export * from "./ports.ts";
export * from "./refusal.ts";
export * from "./table.ts";
