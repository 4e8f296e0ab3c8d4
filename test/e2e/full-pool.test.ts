import { setTimeout as delay } from "node:timers/promises";
import { type Cluster, until } from "@fairlead/testing";
import { expect } from "chai";
import { watchAddresses } from "./address-watch.ts";
import { behindProxy } from "./behind-proxy.ts";
import { NAMESPACE, type Product } from "./product.ts";
import { type Scene, say, timed } from "./scene.ts";
import type { TcpProxy } from "./tcp-proxy.ts";
import { withProduct } from "./with-product.ts";

const LEASE = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/fairlead-controller`;
/** Half of it on the way there, half on the way back. */
const SLOW_MILLIS = 2_000;
const SLOW_KILLS = 10;
const QUICK_MILLIS = 100;
const QUICK_KILLS = 40;

describe("a full pool, and a controller that is killed while the API is slow", function () {
  this.timeout(400_000);
  let cluster: Cluster;
  let product: Product;
  let scene: Scene;
  let slow: { proxy: TcpProxy; kubeconfig: string };

  withProduct((stage) => {
    ({ cluster, product, scene } = stage);
  });
  before(async () => {
    slow = await behindProxy(product.controllerKubeconfig);
    await scene.addPool("10.77.0.0/32", "10.77.0.2-10.77.0.10");
    // Within one second they count as equally old, and go by name.
    for (let i = 0; i < 15; i++) await scene.addService(`s${String(i).padStart(2, "0")}`);
    await until("ten have addresses", async () => (await scene.allocations()).length === 10);
  });
  after(() => slow?.proxy.close());
  afterEach(() => scene.clear());

  const holders = async () => {
    const held = (await scene.services()).flatMap(({ metadata, status }) => {
      return (status.loadBalancer?.ingress ?? []).map(({ ip }) => `${ip} ${metadata.name}`);
    });
    return held.sort();
  };

  /** Kills the controller, makes a new Service and starts another controller, which leads as soon as it asks. */
  async function kill(name: string): Promise<void> {
    await Promise.all([product.controllers[0]?.stop("SIGKILL"), scene.addService(name)]);
    await cluster.controlPlane.api.patch(LEASE, "merge", { spec: { holderIdentity: "" } });
    await product.startController(0, [`--kubeconfig=${slow.kubeconfig}`], false);
  }

  it("moves nobody, gives nothing twice, and a freed address goes to one that waits", async () => {
    const before = await holders();
    expect(before).to.have.length(10);
    const watch = watchAddresses(scene);
    slow.proxy.slowDown(SLOW_MILLIS / 2);
    for (let i = 0; i < SLOW_KILLS; i++) {
      await kill(`slow-${i}`);
      // A handshake, a list and a lease take three round trips; the next two are those of a claim and a status.
      await delay(SLOW_MILLIS * (2.5 + 2.5 * Math.random()));
    }
    slow.proxy.slowDown(QUICK_MILLIS / 2);
    for (let i = 0; i < QUICK_KILLS; i++) {
      await kill(`quick-${i}`);
      await delay(500 + QUICK_MILLIS * 8 * Math.random());
    }
    expect(await holders(), "the ten holders are the same").to.deep.equal(before);

    slow.proxy.slowDown(SLOW_MILLIS / 2);
    await kill("last");
    await until("it leads", async () => (await product.leader()) !== undefined, { withinMillis: 60_000 });
    // A claim and a status for who waits need two round trips, and so does the release before them.
    await until("it is at work", async () => (await scene.allocated("last"))?.reason === "PoolFull", {
      withinMillis: 60_000,
    });
    const [freed = ""] = before[0]?.split(" ") ?? [];
    await cluster.controlPlane.api.delete("/api/v1/namespaces/default/services/s00");
    let now: string[] = [];
    const millis = await timed(async () => {
      now = await until(
        "one of those that wait has the address",
        async () => {
          const all = await holders();
          return all.length === 10 && all;
        },
        { withinMillis: 30_000 },
      );
    });
    say(`freed address given again after ${millis} ms, with ${SLOW_MILLIS} ms for each request`);
    expect(now.filter((one) => !before.includes(one))).to.deep.equal([`${freed} s10`]);
    slow.proxy.slowDown(0);
    const { changes, twice } = await watch.stop();
    say(
      `${SLOW_KILLS} kills at ${SLOW_MILLIS} ms and ${QUICK_KILLS} at ${QUICK_MILLIS} ms a request: ${changes.length} changes, ${twice.length} twice`,
    );
    expect(changes).to.deep.equal([]);
    expect(twice).to.deep.equal([]);
  });
});
