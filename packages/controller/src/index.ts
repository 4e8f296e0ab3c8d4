export * from "./controller.ts";
export * from "./plan/decide.ts";
