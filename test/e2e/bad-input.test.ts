import { answersHttp, type Cluster, httpUrl, until } from "@fairlead/testing";
import { expect } from "chai";
import type { Product } from "./product.ts";
import { poolManifest, type Scene, say } from "./scene.ts";
import { withProduct } from "./with-product.ts";

const POOLS = "/apis/fairlead.dev/v1beta1/ipaddresspools";

describe("bad input", () => {
  let cluster: Cluster;
  let product: Product;
  let scene: Scene;

  withProduct((stage) => {
    ({ cluster, product, scene } = stage);
  });
  beforeEach(async () => {
    await cluster.addPod("n1", "web-1", { labels: { app: "web" } });
    await scene.addPool();
    await scene.addService("before");
    await scene.address("before");
  });
  afterEach(() => scene.clear());

  /** What the API server says to a pool with these fields, under strict validation: "accepted", or why not. */
  const refusalOf = (name: string, spec: object) =>
    cluster.controlPlane.api.post(`${POOLS}?fieldValidation=Strict`, { ...poolManifest(name), spec }).then(
      () => "accepted",
      (error: Error) => error.message,
    );

  async function everythingElseGoesOn(): Promise<void> {
    await scene.addService("after");
    for (const name of ["before", "after"]) {
      const url = httpUrl(await scene.address(name));
      await until(`${name} answers`, () => answersHttp(cluster.lab.client.namespace, url));
    }
    for (const daemon of product.controllers) daemon.assertRunning();
  }

  for (const [what, range] of [
    ["that is no range", "192.168.50"],
    ["of two families", "192.168.50.10-fd50::20"],
    ["with a host out of range", "192.168.50.256/32"],
  ] as const) {
    it(`in a pool, a range ${what}, is refused with a sentence that says what a range is`, async () => {
      const refusal = await refusalOf("bad", { addresses: [range] });
      say(refusal);
      expect(refusal)
        .to.include("422")
        .and.to.include("each entry must be a CIDR block (192.0.2.0/28, 2001:db8::/120)");
      await everythingElseGoesOn();
    });
  }

  it("in a pool, a range that runs backwards, is not accepted", async () => {
    await cluster.controlPlane.api.post(POOLS, poolManifest("backwards", "192.168.50.240-192.168.50.230"));
    const condition = await until("the pool is judged", () => scene.accepted("backwards"));
    say(`${condition.reason}: ${condition.message}`);
    expect(condition.status).to.equal("False");
    expect(condition.message).to.include("192.168.50.240-192.168.50.230");
    await everythingElseGoesOn();
  });

  it("in a pool, an unknown field, is refused by kubectl's own validation", async () => {
    const refusal = await refusalOf("bad", { addresses: ["192.168.50.230/32"], autoAsign: false });
    say(refusal);
    expect(refusal).to.include('unknown field "spec.autoAsign"');
    await everythingElseGoesOn();
  });

  it("in a pool, a range that overlaps another pool, is not accepted, and says which pool", async () => {
    await cluster.controlPlane.api.post(POOLS, poolManifest("second", "192.168.50.220-192.168.50.230"));
    const condition = await until("the pool is judged", () => scene.accepted("second"));
    say(`${condition.reason}: ${condition.message}`);
    expect(condition).to.include({ status: "False", reason: "PoolOverlaps" });
    expect(condition.message).to.include("lan").and.to.include("192.168.50.220");
    expect(await scene.accepted("lan")).to.include({ status: "True" });
    await everythingElseGoesOn();
  });

  it("in a Service, a malformed request, is answered with a condition and an Event", async () => {
    await scene.addService("malformed", {}, { "fairlead.dev/loadBalancerIPs": "192.168.50" });
    const condition = await until("the Service is judged", () => scene.allocated("malformed"));
    say(`${condition.reason}: ${condition.message}`);
    expect(condition).to.include({ status: "False", reason: "InvalidRequest" });
    expect(condition.message).to.include("annotation fairlead.dev/loadBalancerIPs").and.to.include('"192.168.50"');
    const [event] = await until("there is an Event", async () => {
      const events = await scene.events("Service", "malformed");
      return events.length > 0 && events;
    });
    expect(event).to.include({ type: "Warning", reason: "InvalidRequest", message: condition.message });
    await everythingElseGoesOn();
  });
});
