export * from "./changes.ts";
export * from "./errors.ts";
export * from "./io/gate.ts";
export * from "./io/nft.ts";
export * from "./ledger.ts";
export * from "./packet/set-element.ts";
export * from "./ports.ts";
export * from "./text.ts";
