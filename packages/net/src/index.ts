export * from "./address.ts";
export * from "./address-set.ts";
export * from "./bytes.ts";
export * from "./decode-error.ts";
export * from "./link-selector.ts";
export * from "./mac.ts";
export * from "./range.ts";
