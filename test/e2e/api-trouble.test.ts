import { setTimeout as delay } from "node:timers/promises";
import { type Cluster, type Daemon, LAB, until } from "@fairlead/testing";
import { expect } from "chai";
import { watchAddresses } from "./address-watch.ts";
import { behindProxy } from "./behind-proxy.ts";
import { NAMESPACE, type Product } from "./product.ts";
import { type Scene, say } from "./scene.ts";
import { withProduct } from "./with-product.ts";

const SERVICES = "/api/v1/namespaces/default/services";
const POOL = "/apis/fairlead.dev/v1beta1/ipaddresspools/lan";
const METRICS = `http://${LAB.control}:7472/metrics`;

describe("trouble with the API", function () {
  this.timeout(180_000);
  let cluster: Cluster;
  let product: Product;
  let scene: Scene;

  withProduct(
    (stage) => {
      ({ cluster, product, scene } = stage);
    },
    { replicas: 1 },
  );
  beforeEach(() => scene.addPool("10.77.0.0/24"));
  afterEach(() => scene.clear());

  const waiting = async () => {
    const all = await scene.services();
    return all.filter(({ metadata, status }) => metadata.name !== "kubernetes" && !status.loadBalancer?.ingress).length;
  };
  /** Every address in a status has a record, and every record is of an address in a status. */
  const expectNoLeak = async () => {
    const shown = (await scene.services())
      .flatMap(({ status }) => status.loadBalancer?.ingress ?? [])
      .map(({ ip }) => ip);
    await until(
      "records and statuses are the same",
      async () => {
        return (await scene.allocations()).sort().join() === shown.sort().join();
      },
      { withinMillis: 15_000 },
    );
  };

  it("that a watch must begin anew, since what it knew was compacted, loses nothing", async () => {
    const { proxy, kubeconfig } = await behindProxy(product.controllerKubeconfig);
    try {
      await product.controllers[0]?.stop();
      await product.startController(0, [`--kubeconfig=${kubeconfig}`]);
      for (let i = 0; i < 5; i++) await scene.addService(`before-${i}`);
      await until("all are served", async () => (await waiting()) === 0);
      const watch = watchAddresses(scene);
      proxy.refuse();
      await cluster.controlPlane.api.delete(`${SERVICES}/before-0`);
      for (let i = 0; i < 20; i++) await scene.addService(`during-${i}`);
      await compact();
      // Its watch cache begins where it starts: what was before is known to nobody.
      await cluster.controlPlane.stopApiServer("SIGKILL");
      await cluster.controlPlane.startApiServer();
      proxy.allow();
      await until("all are served", async () => (await waiting()) === 0, { withinMillis: 60_000 });
      const expired = await metric(/^fairlead_watch_restarts_total\{kind="(\w+)",cause="Expired"\} [1-9]/gm);
      const { changes, twice } = await watch.stop();
      say(`watches that began anew: ${expired.join(", ")}; ${changes.length} changes, ${twice.length} twice`);
      expect(expired).to.include("Service");
      expect([...changes, ...twice]).to.deep.equal([]);
      await expectNoLeak();
    } finally {
      await proxy.close();
      await product.controllers[0]?.stop();
      await product.startController(0);
    }
  });

  it("that the API server is killed under load, and starts again, changes no address and leaves nobody without", async () => {
    const watch = watchAddresses(scene);
    let running = true;
    let made = 0;
    // An API server that cannot check all NodePorts when it starts, since one is just being taken, ends itself a minute later.
    const withoutNodePorts = { allocateLoadBalancerNodePorts: false };
    const load = (async () => {
      for (; running; await delay(20)) {
        await scene.addService(`s${made}`, withoutNodePorts).then(
          () => made++,
          () => undefined,
        );
        if (made % 4 === 0) await cluster.controlPlane.api.delete(`${SERVICES}/s${made - 3}`).catch(() => undefined);
      }
    })();
    for (let kill = 0; kill < 3; kill++) {
      await delay(1_000);
      await cluster.controlPlane.stopApiServer("SIGKILL");
      await delay(500);
      await cluster.controlPlane.startApiServer();
    }
    await delay(1_000);
    running = false;
    await load;
    await until("all are served", async () => (await waiting()) === 0, { withinMillis: 60_000 });
    const { changes, twice, addresses } = await watch.stop();
    say(
      `3 kills, ${made} Services made: ${addresses.size} seen with addresses, ${changes.length} changes, ${twice.length} twice`,
    );
    expect([...changes, ...twice]).to.deep.equal([]);
    await expectNoLeak();
  });

  it("that two controllers act at once gives no address twice, changes and leaks none", async () => {
    const { kubectl } = { kubectl: (...args: string[]) => cluster.controlPlane.kubectl(...args) };
    // Each competes for a Lease of its own, so that both win.
    const rights = ["create", "rolebinding", "two-controllers", "-n", "default", "--clusterrole=two-controllers"];
    await kubectl(
      "create",
      "clusterrole",
      "two-controllers",
      "--verb=get,create,update",
      "--resource=leases.coordination.k8s.io",
    );
    await kubectl(...rights, `--serviceaccount=${NAMESPACE}:fairlead-controller`);
    const second = () => product.controllers[1] as Daemon;
    try {
      await product.startController(1, ["--namespace=default"]);
      const watch = watchAddresses(scene);
      for (let round = 0; round < 10; round++) {
        const names = Array.from({ length: 10 }, (_, i) => `s${round}-${i}`);
        await Promise.all(names.map((name) => scene.addService(name)));
        if (round > 0) await cluster.controlPlane.api.delete(`${SERVICES}/s${round - 1}-0`);
        const range = round % 2 === 0 ? ["10.77.0.0/24", "10.77.1.0/25"] : ["10.77.0.0/24"];
        await cluster.controlPlane.api.patch(POOL, "merge", { spec: { addresses: range } });
      }
      await until("all are served", async () => (await waiting()) === 0, { withinMillis: 30_000 });
      const { changes, twice, addresses } = await watch.stop();
      const shares = product.controllers.map((daemon) => daemon.output().split('"address allocated"').length - 1);
      say(
        `${addresses.size} Services, served by the two ${shares.join(" and ")} times; ${changes.length} changes, ${twice.length} twice`,
      );
      expect(
        shares.every((share) => share > 0),
        "both acted",
      ).to.equal(true);
      expect([...changes, ...twice]).to.deep.equal([]);
      await expectNoLeak();
    } finally {
      await second()?.stop();
      await kubectl("delete", "clusterrole,rolebinding", "two-controllers", "-n", "default");
    }
  });

  /** Makes etcd forget every revision but the latest. */
  async function compact(): Promise<void> {
    const { control } = cluster.lab;
    const post = async (path: string, body: object) => {
      const url = `http://127.0.0.1:2379/v3/${path}`;
      const { stdout = "" } = (await control?.run("curl", "-sf", "-X", "POST", url, "-d", JSON.stringify(body))) ?? {};
      return JSON.parse(stdout) as { header: { revision: string } };
    };
    const { header } = await post("kv/range", { key: Buffer.from("/").toString("base64") });
    await post("kv/compaction", { revision: header.revision, physical: true });
    say(`etcd compacted at revision ${header.revision}`);
  }

  async function metric(pattern: RegExp): Promise<string[]> {
    const text = await (await fetch(METRICS)).text();
    return [...text.matchAll(pattern)].map(([, label = ""]) => label);
  }
});
