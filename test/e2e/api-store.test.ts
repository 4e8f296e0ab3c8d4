import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ObjectCache, type Store, StoreError } from "@fairlead/kube";
import { ApiStore } from "@fairlead/kube/io";
import { finalizerCompliance, ingressOf, pool, service, storeCompliance } from "@fairlead/kube/testing";
import type { KindName } from "@fairlead/model";
import { systemClock } from "@fairlead/runtime/io";
import { MemoryLog } from "@fairlead/runtime/testing";
import { type Cluster, LAB, until } from "@fairlead/testing";
import { expect } from "chai";
import { parse } from "yaml";
import { sharedCluster } from "./shared-cluster.ts";
import { TcpProxy } from "./tcp-proxy.ts";

const CRDS = fileURLToPath(new URL("../../config/crd", import.meta.url));
const KINDS: readonly KindName[] = ["Service", "IPAddressPool"];
const ADMIN = "store-test";

interface KubeConfigFile {
  clusters: { cluster: Record<string, unknown> }[];
}

async function establish(): Promise<Cluster> {
  const cluster = await sharedCluster();
  await cluster.controlPlane.kubectl("apply", "--server-side", "-f", CRDS);
  const names = ["ipaddresspools", "ipallocations"].map((name) => `crd/${name}.fairlead.dev`);
  await cluster.controlPlane.kubectl("wait", "--for=condition=Established", "--timeout=30s", ...names);
  return cluster;
}

const openStore = (
  kubeconfig: string,
  more: { silenceMillis?: number; onRestart?: (kind: KindName, cause: string) => void } = {},
) => ApiStore.open({ kubeconfig, clock: systemClock, log: new MemoryLog(), ...more });

const openBench = async () => {
  const { controlPlane } = await establish();
  const [store, other] = await Promise.all([
    openStore(controlPlane.adminKubeconfig),
    openStore(controlPlane.adminKubeconfig),
  ]);
  return { store, other, close: async () => void (await Promise.all([store.stop(), other.stop()])) };
};

storeCompliance("the Kubernetes API", openBench);
finalizerCompliance("the Kubernetes API", openBench);

describe("ApiStore", () => {
  let cluster: Cluster;
  let directory: string;
  let proxy: TcpProxy;
  let stores: Store[];
  let restarts: string[];
  let warnings: string[];
  const noteWarning = (warning: Error) => warnings.push(warning.message);

  before(async () => {
    cluster = await establish();
  });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "fairlead-api-store-"));
    proxy = await TcpProxy.open(LAB.control, 6443);
    stores = [];
    restarts = [];
    warnings = [];
    process.on("warning", noteWarning);
  });
  afterEach(async () => {
    process.off("warning", noteWarning);
    await Promise.all(stores.map((store) => store.stop()));
    await proxy.close();
    await rm(directory, { recursive: true, force: true });
    for (const path of ["/api/v1/namespaces/default/services", "/apis/fairlead.dev/v1beta1/ipaddresspools"]) {
      await cluster.controlPlane.api.delete(`${path}?labelSelector=test%3Dapi-store`);
    }
  });

  /** Writes a kubeconfig like `original`, whose server is the proxy. The certificate is still the API server's. */
  async function throughProxy(original: string, name = "kubeconfig"): Promise<string> {
    const config = parse(await readFile(original, "utf8")) as KubeConfigFile;
    for (const { cluster } of config.clusters) {
      cluster.server = `https://127.0.0.1:${proxy.port}`;
      cluster["tls-server-name"] = "kubernetes.default";
    }
    const path = join(directory, name);
    await writeFile(path, JSON.stringify(config));
    return path;
  }

  async function open(kubeconfig: string, more: { silenceMillis?: number } = {}): Promise<Store> {
    const store = await openStore(kubeconfig, {
      ...more,
      onRestart: (kind, cause) => void restarts.push(`${kind} ${cause}`),
    });
    stores.push(store);
    return store;
  }

  async function watched(store: Store): Promise<ObjectCache> {
    const cache = new ObjectCache(() => {});
    store.watch(KINDS, cache);
    await until("every kind is listed", () => cache.synced(KINDS));
    return cache;
  }

  const labelled = { labels: { test: "api-store" } };
  const create = (name: string) =>
    cluster.controlPlane.api.post("/api/v1/namespaces/default/services", service(name, {}, labelled));
  const remove = (name: string) => cluster.controlPlane.api.delete(`/api/v1/namespaces/default/services/${name}`);
  const has = (cache: ObjectCache, name: string) => cache.all("Service").has(`default/${name}`);
  const sees = (cache: ObjectCache, name: string, withinMillis = 20_000) =>
    until(`${name} is cached`, () => has(cache, name), { withinMillis });

  it("goes on watching when its connection is cut", async () => {
    const store = await open(await throughProxy(cluster.controlPlane.adminKubeconfig));
    const cache = await watched(store);
    proxy.refuse();
    await create("cut-1");
    proxy.allow();
    await sees(cache, "cut-1");
    expect(restarts).to.include("Service Unavailable");
  });

  it("keeps what it knows while the API server is dead, and goes on when it is back", async () => {
    const { controlPlane } = cluster;
    const cache = await watched(await open(controlPlane.adminKubeconfig));
    await create("dead-1");
    await sees(cache, "dead-1");
    await controlPlane.stopApiServer("SIGKILL");
    await until("the watch noticed", () => restarts.length > 0);
    expect(has(cache, "dead-1")).to.equal(true);
    await controlPlane.startApiServer();
    await create("dead-2");
    await sees(cache, "dead-2");
    expect(has(cache, "dead-1")).to.equal(true);
  });

  it("refuses to write while the API server is dead, and writes when it is back", async () => {
    const { controlPlane } = cluster;
    const store = await open(controlPlane.adminKubeconfig);
    await controlPlane.stopApiServer("SIGKILL");
    const outcome = await store.create(pool("dead", { addresses: ["192.0.2.0/30"] })).catch((error: unknown) => error);
    await controlPlane.startApiServer();
    expect(outcome).to.be.instanceOf(StoreError).with.property("reason", "Unavailable");
    const created = await until("it writes", () => store.create(pool("dead", { addresses: ["192.0.2.0/30"] })));
    await store.delete({ kind: "IPAddressPool", name: "dead" }, created.metadata.uid ?? "");
  });

  it("lists anew when its version is too old (410), and forgets what is gone", async () => {
    const { controlPlane } = cluster;
    const store = await open(await throughProxy(controlPlane.adminKubeconfig));
    await create("old-1");
    const cache = await watched(store);
    await sees(cache, "old-1");
    proxy.refuse();
    await remove("old-1");
    await create("old-2");
    // What was before its start, a restarted API server cannot replay.
    await controlPlane.stopApiServer("SIGKILL");
    await controlPlane.startApiServer();
    proxy.allow();
    await sees(cache, "old-2");
    await until("what is gone is forgotten", () => !has(cache, "old-1"));
    expect(restarts).to.include("Service Expired");
  });

  it("gives up a connection that falls silent", async () => {
    const store = await open(await throughProxy(cluster.controlPlane.adminKubeconfig), { silenceMillis: 2_000 });
    const cache = await watched(store);
    await create("silence-1");
    await sees(cache, "silence-1");
    proxy.goSilent();
    await create("silence-2");
    await sees(cache, "silence-2");
    expect(restarts).to.include("Service Unavailable");
  });

  it("takes no connection for silent while nothing changes, and no bookmark comes", async () => {
    const silenceMillis = 2_000;
    await watched(await open(cluster.controlPlane.adminKubeconfig, { silenceMillis }));
    await delay(3 * silenceMillis);
    expect(restarts).to.deep.equal([]);
  });

  it("goes on quietly over more requests than a connection has listeners", async () => {
    const store = await open(cluster.controlPlane.adminKubeconfig);
    for (let i = 0; i < 30; i++) await store.get({ kind: "IPAddressPool", name: "absent" });
    const { metadata } = await store.create(pool("listeners", { addresses: ["192.0.2.0/30"] }));
    for (let i = 0; i < 30; i++) await store.get({ kind: "IPAddressPool", name: "listeners" });
    await store.delete({ kind: "IPAddressPool", name: "listeners" }, metadata.uid ?? "");
    expect(warnings).to.deep.equal([]);
  });

  it("reads more objects than a page has", async () => {
    const names = Array.from({ length: 620 }, (_, i) => `page-${i}`);
    const manifests = names.map((name) => ({
      ...pool(name, { addresses: ["192.0.2.0/30"] }),
      metadata: { name, ...labelled },
    }));
    const file = join(directory, "pools.json");
    await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests }));
    await cluster.controlPlane.kubectl("create", "-f", file);
    const cache = await watched(await open(cluster.controlPlane.adminKubeconfig));
    expect([...cache.all("IPAddressPool").keys()]).to.include.members(names);
  });

  it("changes an address in a status that has foreign conditions, and clears it", async () => {
    const store = await open(cluster.controlPlane.adminKubeconfig);
    await create("status-1");
    const ref = { kind: "Service", namespace: "default", name: "status-1" } as const;
    const uid = (await store.get(ref))?.metadata.uid ?? "";
    for (const ip of ["192.0.2.1", "192.0.2.2"]) {
      await store.patchStatus(ref, uid, { loadBalancer: { ingress: [{ ip, ipMode: "VIP" }] } });
      expect(ingressOf(await store.get(ref))).to.deep.equal([ip]);
    }
  });

  describe("as a ServiceAccount", () => {
    const path = `/api/v1/namespaces/default/serviceaccounts/${ADMIN}`;
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: ADMIN, namespace: "default" } };
    const binding = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: ADMIN },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", name: ADMIN, namespace: "default" }],
    };
    const bindings = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";

    before(() => cluster.controlPlane.api.post(bindings, binding));
    beforeEach(() => cluster.controlPlane.api.post("/api/v1/namespaces/default/serviceaccounts", account));
    afterEach(() => cluster.controlPlane.api.delete(path));
    after(() => cluster.controlPlane.api.delete(`${bindings}/${ADMIN}`));

    const reasonOf = (store: Store) =>
      store.get({ kind: "IPAddressPool", name: "absent" }).then(
        () => undefined,
        (error: unknown) => (error instanceof StoreError ? error.reason : String(error)),
      );

    /** Makes every token of the ServiceAccount invalid, and waits until the API server says 401. */
    async function revoke(store: Store): Promise<void> {
      await cluster.controlPlane.api.delete(path);
      await cluster.controlPlane.api.post("/api/v1/namespaces/default/serviceaccounts", account);
      await until("the token is refused", async () => (await reasonOf(store)) === "Unauthorized", {
        withinMillis: 30_000,
      });
    }

    it("takes the new token from its kubeconfig when the old one is refused (401)", async () => {
      const { controlPlane } = cluster;
      const kubeconfig = await throughProxy(await controlPlane.kubeconfigFor("default", ADMIN));
      const store = await open(kubeconfig);
      const cache = await watched(store);
      await revoke(store);
      proxy.cut();
      await until("the watch is refused, too", () => restarts.some((text) => text.endsWith("Unauthorized")));
      await create("token-1");
      await throughProxy(await controlPlane.kubeconfigFor("default", ADMIN));
      expect(await reasonOf(store)).to.equal(undefined);
      await sees(cache, "token-1");
    });

    it("says that its token is refused while its kubeconfig cannot be read", async () => {
      const { controlPlane } = cluster;
      const kubeconfig = await throughProxy(await controlPlane.kubeconfigFor("default", ADMIN));
      const store = await open(kubeconfig);
      await revoke(store);
      await writeFile(kubeconfig, "not: [yaml");
      expect(await reasonOf(store)).to.equal("Unauthorized");
    });
  });

  for (const [what, text] of [
    ["is not there", undefined],
    ["is no YAML", "a: [1"],
    ["is empty", ""],
    ["names no cluster", JSON.stringify({ apiVersion: "v1", kind: "Config", contexts: [], "current-context": "x" })],
    [
      "has no server",
      JSON.stringify({
        clusters: [{ name: "c", cluster: {} }],
        users: [{ name: "u", user: {} }],
        contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
        "current-context": "x",
      }),
    ],
  ] as const) {
    it(`says with each request that its kubeconfig ${what}, until it is mended`, async () => {
      const path = join(directory, "bad");
      await rm(path, { force: true });
      if (text !== undefined) await writeFile(path, text);
      const store = await openStore(path);
      const ask = () => store.get({ kind: "Node", name: "absent" }).catch((error: unknown) => error);
      const outcome = await ask();
      expect(outcome).to.be.instanceOf(StoreError).with.property("reason", "NoCredentials");
      expect(String(outcome)).to.contain(path).and.not.contain("\n");
      await writeFile(path, await readFile(cluster.controlPlane.adminKubeconfig));
      expect(await ask()).to.equal(undefined);
      await store.stop();
    });
  }
});
