import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FolderStore } from "@fairlead/kube";
import { storeCompliance } from "@fairlead/kube/testing";
import { systemClock } from "@fairlead/runtime";
import { MemoryLog } from "@fairlead/runtime/testing";

storeCompliance("folder", async () => {
  const root = await mkdtemp(join(tmpdir(), "fairlead-folder-"));
  const open = () => new FolderStore({ root, clock: systemClock, log: new MemoryLog() });
  const [store, other] = [open(), open()];
  return {
    store,
    other,
    close: async () => {
      await Promise.all([store.stop(), other.stop()]);
      await rm(root, { recursive: true, force: true });
    },
  };
});
