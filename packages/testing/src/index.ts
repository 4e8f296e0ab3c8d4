export * from "./netns.ts";
export * from "./until.ts";
