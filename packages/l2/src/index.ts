export * from "./answer-arp.ts";
export * from "./drop-reason.ts";
export * from "./kernel-responder.ts";
export { type GateElement, gateElement, UnsupportedLinkError } from "./kernel-table.ts";
export * from "./packet/arp.ts";
export * from "./packet/ethernet.ts";
export * from "./ports.ts";
export * from "./userspace-responder.ts";
