export * from "./ndp-in.ts";
export * from "./ndp-over-frames.ts";
export * from "./ndp-socket-compliance.ts";
export * from "./neighbor-client.ts";
export * from "./responder-compliance.ts";
