import { setTimeout as delay } from "node:timers/promises";
import { type Cluster, until } from "@fairlead/testing";
import { expect } from "chai";
import { watchAddresses } from "./address-watch.ts";
import { NAMESPACE, type Product } from "./product.ts";
import { type Scene, say } from "./scene.ts";
import { withProduct } from "./with-product.ts";

const KILLS = 20;
const SERVICES_PER_KILL = 5;
const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/fairlead-controller`;

describe("a controller that is killed", function () {
  this.timeout(300_000); // a lease must run out several times
  let cluster: Cluster;
  let product: Product;
  let scene: Scene;

  withProduct(
    (stage) => {
      ({ cluster, product, scene } = stage);
    },
    { replicas: 2 },
  );
  before(async () => {
    await scene.addPool("10.77.0.0/24");
  });
  afterEach(() => scene.clear());

  it(`${KILLS} times with -9, whichever leads, changes no address, gives none twice, and leaves no Service without`, async () => {
    const watch = watchAddresses(scene);
    const start = performance.now();
    for (let kill = 0; kill < KILLS; kill++) {
      const leader = await until("a replica leads", () => product.leader(), { withinMillis: 30_000 });
      const names = Array.from({ length: SERVICES_PER_KILL }, (_, i) => `s${kill}-${i}`);
      const created = Promise.all(names.map((name) => scene.addService(name)));
      await delay(Math.random() * 150);
      await leader.stop("SIGKILL");
      await created;
      await product.startController(product.controllers.indexOf(leader));
      // Every fifth time the lease runs out by itself; else an operator gives it free, so that more of the time is
      // spent at work.
      if (kill % 5 !== 0) await cluster.controlPlane.api.patch(LEASE, "merge", { spec: { holderIdentity: "" } });
    }
    const wanted = KILLS * SERVICES_PER_KILL;
    await until(
      "every Service has its address",
      async () => (await scene.services()).filter(({ status }) => status.loadBalancer?.ingress).length === wanted,
      { withinMillis: 30_000 },
    );
    const seen = await watch.stop();
    const seconds = Math.round((performance.now() - start) / 1000);
    const { changes, twice, addresses } = seen;
    say(`${KILLS} kills in ${seconds} s, ${wanted} Services: ${new Set(addresses.values()).size} different addresses`);
    say(`${changes.length} changes of an address, ${twice.length} addresses seen twice`);
    expect(changes).to.deep.equal([]);
    expect(twice).to.deep.equal([]);
    expect(new Set(addresses.values()).size).to.equal(wanted);
    await until("there is one IPAllocation for each", async () => (await scene.allocations()).length === wanted);
    expect((await scene.allocations()).sort()).to.deep.equal([...addresses.values()].sort());
  });
});
