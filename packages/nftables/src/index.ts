export * from "./changes.ts";
export * from "./errors.ts";
export * from "./io/nft.ts";
export * from "./ledger.ts";
export * from "./ports.ts";
export * from "./text.ts";
