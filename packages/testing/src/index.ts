export * from "./daemon.ts";
export * from "./gap.ts";
export * from "./netns.ts";
export * from "./until.ts";
