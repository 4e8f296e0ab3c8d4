export { ApiStore } from "./api-store.ts";
export { FolderStore } from "./folder-store.ts";
export { openStore } from "./open-store.ts";
