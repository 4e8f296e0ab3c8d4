export * from "./controller.ts";
export * from "./decide.ts";
