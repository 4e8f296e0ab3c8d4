export * from "./crd.ts";
export * from "./schema/index.ts";
