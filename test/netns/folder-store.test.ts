import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FolderStore } from "@fairlead/kube/io";
import { conditionTypes, service } from "@fairlead/kube/testing";
import { systemClock } from "@fairlead/runtime/io";
import { MemoryLog } from "@fairlead/runtime/testing";
import { Daemon, Namespace, until } from "@fairlead/testing";
import { expect } from "chai";
import { stringify } from "yaml";

const SCRIPT = fileURLToPath(new URL("patch-status.ts", import.meta.url));
const ref = { kind: "Service", namespace: "default", name: "web" } as const;

describe("a folder that several processes write to", () => {
  let root: string;
  let store: FolderStore;
  let daemons: Daemon[];
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "fairlead-folder-"));
    await writeFile(join(root, "web.yaml"), stringify(service("web")));
    store = new FolderStore({ root, clock: systemClock, log: new MemoryLog() });
    daemons = [];
  });
  afterEach(async () => {
    await Promise.all(daemons.map((daemon) => daemon.stop("SIGKILL")));
    await store.stop();
    await rm(root, { recursive: true, force: true });
  });

  /** Starts a process that patches `count` conditions. */
  function start(type: string, count: number): Daemon {
    const daemon = Daemon.start({
      name: `patch ${type}`,
      namespace: Namespace.own(),
      command: process.execPath,
      args: [SCRIPT, root, type, `${count}`],
      log: join(root, `${type}.log`),
    });
    daemons.push(daemon);
    return daemon;
  }

  const written = (daemon: Daemon) => daemon.output().split("\n").slice(0, -1);
  const types = async () => Object.keys(conditionTypes(await store.get(ref)));

  it("keeps every change of all to one object", async () => {
    const writers = ["a", "b", "c"].map((type) => start(type, 25));
    await until("all have written", () => writers.every((writer) => written(writer).length === 25), {
      withinMillis: 60_000,
    });
    expect((await types()).sort()).to.deep.equal(writers.flatMap(written).sort());
  });

  it("keeps what a process has written that is killed, and lets the others go on", async () => {
    for (const type of ["x", "y", "z"]) {
      const victim = start(type, 10_000);
      await until("it writes", () => written(victim).length >= 3, { withinMillis: 30_000 });
      await victim.stop("SIGKILL");
      const uid = (await store.get(ref))?.metadata.uid ?? "";
      await store.patchStatus(ref, uid, { conditions: [] });
      expect(await types()).to.include.members(written(victim));
    }
  });
});
