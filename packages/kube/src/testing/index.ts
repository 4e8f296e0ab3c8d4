export * from "./faulty-store.ts";
export * from "./finalizer-compliance.ts";
export * from "./manifests.ts";
export * from "./store-compliance.ts";
