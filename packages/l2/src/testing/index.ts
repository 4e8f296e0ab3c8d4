export * from "./responder-compliance.ts";
