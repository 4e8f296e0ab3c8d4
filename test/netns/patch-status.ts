// Patches conditions into the status of Service default/web in a folder, one after the other, and prints each when it is
// written: patch-status.ts FOLDER TYPE COUNT
import { FolderStore } from "@fairlead/kube/io";
import { systemClock } from "@fairlead/runtime/io";
import { MemoryLog } from "@fairlead/runtime/testing";

const [root = "", type = "", count = "0"] = process.argv.slice(2);
const store = new FolderStore({ root, clock: systemClock, log: new MemoryLog() });
const ref = { kind: "Service", namespace: "default", name: "web" } as const;
const uid = (await store.get(ref))?.metadata.uid ?? "";
for (let i = 0; i < Number(count); i++) {
  const condition = {
    type: `${type}${i}`,
    status: "True",
    reason: "R",
    message: "",
    lastTransitionTime: "2026-01-01T00:00:00Z",
  };
  await store.patchStatus(ref, uid, { conditions: [condition] });
  process.stdout.write(`${type}${i}\n`);
}
