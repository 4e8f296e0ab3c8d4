export * from "./arp-client.ts";
export * from "./responder-compliance.ts";
