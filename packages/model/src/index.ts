export * from "./announcement-refusal.ts";
export * from "./label-selector.ts";
export * from "./node.ts";
export * from "./object-ref.ts";
export * from "./pool.ts";
export * from "./problem.ts";
export * from "./refusal.ts";
export * from "./service.ts";
