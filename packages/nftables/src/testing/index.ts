export * from "./compliance.ts";
export * from "./listing.ts";
export * from "./simulated-nft.ts";
export * from "./simulated-table.ts";
