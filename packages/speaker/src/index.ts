export * from "./decide.ts";
export * from "./decider.ts";
export * from "./forwarding/index.ts";
export * from "./ports.ts";
export * from "./reachability/index.ts";
export * from "./speaker.ts";
