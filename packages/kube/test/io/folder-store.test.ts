import { mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ingressOf, pool, service, storeCompliance } from "@fairlead/kube/testing";
import { systemClock } from "@fairlead/runtime/io";
import { MemoryLog } from "@fairlead/runtime/testing";
import { until } from "@fairlead/testing";
import { expect } from "chai";
import { stringify } from "yaml";
import { ObjectCache } from "../../src/cache.ts";
import { FolderStore } from "../../src/io/folder-store.ts";
import { StoreError } from "../../src/ports.ts";

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

describe("FolderStore", () => {
  let root: string;
  let store: FolderStore;
  let cache: ObjectCache;
  let log: MemoryLog;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "fairlead-folder-"));
    log = new MemoryLog();
    store = new FolderStore({ root, clock: systemClock, log });
    cache = new ObjectCache(() => {});
  });
  afterEach(async () => {
    await store.stop();
    await rm(root, { recursive: true, force: true });
  });

  const write = (name: string, ...documents: (object | string)[]) =>
    writeFile(
      join(root, name),
      documents.map((part) => (typeof part === "string" ? part : stringify(part))).join("---\n"),
    );
  const names = () => [...cache.all("Service").keys()].sort();
  const watch = async (...wanted: string[]) => {
    store.watch(["Service", "IPAddressPool"], cache);
    await until("the folder is read", () => cache.synced(["Service"]) && names().join() === wanted.join());
  };
  const ref = { kind: "Service", namespace: "default", name: "web" } as const;
  const held = () => cache.values("Service").find(({ name }) => name === "web");
  const uid = () => held()?.uid ?? "";

  const BAD: [string, string][] = [
    ["is not YAML", "a: [1, 2\n"],
    ["has an alias without its anchor", "metadata: *missing\n"],
    ["multiplies aliases beyond measure", billionLaughs()],
    ["is text", "hello\n"],
    ["is a list", "- 1\n- 2\n"],
    ["has no name", stringify({ apiVersion: "v1", kind: "Service", metadata: {} })],
    ["has no metadata", stringify({ apiVersion: "v1", kind: "Service" })],
    ["has a number for a namespace", stringify(service("bad", {}, { namespace: 5 }))],
  ];
  for (const [what, text] of BAD) {
    it(`says so of a file that ${what}, and reads all others`, async () => {
      await write("bad.yaml", text);
      await write("good.yaml", service("web"));
      await watch("default/web");
      expect(log.lines.map(({ level, fields }) => [level, fields.file])).to.deep.equal([["warn", "bad.yaml"]]);
    });
  }

  it("reads the good documents of a file with a bad one", async () => {
    await write("mixed.yaml", service("one"), "kind: [\n", service("two"));
    await watch("default/one", "default/two");
  });

  it("says nothing of kinds that are not Fairlead's, nor of empty documents", async () => {
    await write(
      "app.yaml",
      { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" } },
      "\n",
      service("web"),
    );
    await write("empty.yaml", "");
    await watch("default/web");
    expect(log.lines).to.deep.equal([]);
  });

  it("keeps an object with labels that are numbers as one that cannot be read", async () => {
    await write("bad.yaml", service("bad", {}, { labels: { tier: 1 } }));
    await write("good.yaml", service("web"));
    await watch("default/bad", "default/web");
    expect(cache.values("Service").map(({ name }) => name)).to.deep.equal(["web"]);
  });

  it("patches the status of an object wherever its manifest lies, and leaves that manifest alone", async () => {
    const manifest = stringify(service("web"));
    await write("site.yaml", pool("pool"), manifest);
    const before = await readFile(join(root, "site.yaml"), "utf8");
    await watch("default/web");
    await store.patchStatus(ref, uid(), { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } });
    expect(held()?.ingress).to.deep.equal(["192.0.2.1"]);
    expect(ingressOf(await store.get(ref))).to.deep.equal(["192.0.2.1"]);
    expect(await readFile(join(root, "site.yaml"), "utf8")).to.equal(before);
    expect(await readFile(join(root, "status/services/default/web.yaml"), "utf8")).to.contain("192.0.2.1");
  });

  it("sees a change to a manifest that came just before a status was written", async () => {
    await write("web.yaml", service("web"));
    await watch("default/web");
    await write("web.yaml", service("web", { loadBalancerClass: "example.com/other" }));
    await store.patchStatus(ref, uid(), { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } });
    await until("both are seen", () => held()?.loadBalancerClass !== undefined && held()?.ingress.length === 1);
  });

  it("sees a manifest that an older file was moved over", async () => {
    await write("older.txt", service("web", { loadBalancerClass: "example.com/older" }));
    await utimes(join(root, "older.txt"), 1_000_000, 1_000_000);
    await write("web.yaml", service("web"));
    await watch("default/web");
    await rename(join(root, "older.txt"), join(root, "web.yaml"));
    await until("the older text is seen", () => held()?.loadBalancerClass === "example.com/older");
  });

  it("shows its own writes although a file is stamped by a clock that is ahead", async () => {
    await write("web.yaml", service("web"));
    await watch("default/web");
    await store.patchStatus(ref, uid(), { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } });
    const ahead = Date.now() / 1000 + 3600;
    await utimes(join(root, "status/services/default/web.yaml"), ahead, ahead);
    await utimes(join(root, "web.yaml"), ahead, ahead);
    await store.patchStatus(ref, uid(), { loadBalancer: { ingress: [{ ip: "192.0.2.2" }] } });
    expect(held()?.ingress).to.deep.equal(["192.0.2.2"]);
  });

  it("forgets an object whose file was stamped by a clock that is ahead", async () => {
    await write("web.yaml", service("web"));
    await utimes(join(root, "web.yaml"), Date.now() / 1000 + 3600, Date.now() / 1000 + 3600);
    await watch("default/web");
    await rm(join(root, "web.yaml"));
    await until("it is forgotten", () => names().length === 0);
  });

  it("shows nothing of a file that is still being written, nor of one that a dead process left", async () => {
    await mkdir(join(root, "services"));
    await write("services/web.yaml.1234.tmp", service("web"));
    await write("services/web.yaml.lock", "");
    await write("other.yaml", service("other"));
    await watch("default/other");
    expect(await store.get(ref)).to.equal(undefined);
  });

  it("takes a lock over from a process that died", async () => {
    await write("web.yaml", service("web"));
    await watch("default/web");
    await mkdir(join(root, "status/services/default"), { recursive: true });
    const lock = join(root, "status/services/default/web.yaml.lock");
    await writeFile(lock, "");
    await utimes(lock, 1_000_000, 1_000_000);
    await store.patchStatus(ref, uid(), { conditions: [] });
  });

  it("neither deletes nor replaces what it did not write", async () => {
    await write("pools.yaml", pool("pool"));
    await watch();
    const found = await store.get({ kind: "IPAddressPool", name: "pool" });
    const { uid = "" } = found?.metadata ?? {};
    for (const action of [
      () => store.delete({ kind: "IPAddressPool", name: "pool" }, uid),
      () => store.replace(found ?? pool("pool")),
      () => store.create(pool("pool")),
    ]) {
      await action().then(
        () => expect.fail("must be refused"),
        (error: unknown) => expect(error).to.be.instanceOf(StoreError),
      );
    }
    expect(await readFile(join(root, "pools.yaml"), "utf8")).to.equal(stringify(pool("pool")));
  });
});

/** Nine levels of nine aliases each. */
function billionLaughs(): string {
  const lines = ["a0: &a0 [x]"];
  for (let level = 1; level < 10; level++) lines.push(`a${level}: &a${level} [${`*a${level - 1},`.repeat(9)}]`);
  return `${lines.join("\n")}\n`;
}
