import { askHttp, askUdp, type Cluster, httpUrl, until } from "@fairlead/testing";
import { expect } from "chai";
import { answeringMacs, type Condition, type Scene } from "./scene.ts";
import { withProduct } from "./with-product.ts";

const POOL = "/apis/fairlead.dev/v1beta1/ipaddresspools/lan";
const SHARED = { "fairlead.dev/allow-shared-ip": "dns" };

describe("an address on the real API", () => {
  let cluster: Cluster;
  let scene: Scene;

  withProduct((stage) => {
    ({ cluster, scene } = stage);
  });
  beforeEach(() => scene.addPool());
  afterEach(() => scene.clear());

  it("is shared by Services of one key with other ports, and stays for the one that is left", async () => {
    await cluster.addPod("n1", "web-1", { labels: { app: "web" } });
    await scene.addService("web", {}, SHARED);
    const address = await scene.address("web");
    const udp = [{ name: "dns", protocol: "UDP", port: 53, targetPort: 8080 }];
    await scene.addService("dns", { ports: udp }, SHARED);
    expect(await scene.address("dns")).to.equal(address);
    expect(await scene.allocations()).to.deep.equal([address]);
    const { namespace } = cluster.lab.client;
    await until("HTTP is answered", () => askHttp(namespace, httpUrl(address), 500), { withinMillis: 10_000 });
    await until("UDP is answered", () => askUdp(namespace, address, 53, 500));
    // A client that had the address from an earlier test is answered over what it remembers, before anybody announces it.
    const macs = await until("ARP is answered", async () => {
      const found = await answeringMacs(namespace, address);
      return found.length > 0 && found;
    });
    expect(macs).to.have.length(1);

    await cluster.controlPlane.api.delete("/api/v1/namespaces/default/services/web");
    await until("HTTP is answered no more", () =>
      askHttp(namespace, httpUrl(address), 200).then(
        () => false,
        () => true,
      ),
    );
    expect((await askUdp(namespace, address, 53)).pod).to.equal("web-1");
    expect(await scene.address("dns")).to.equal(address);
  });

  it("is refused to a Service that would share a port, with the rule and the other's name", async () => {
    await scene.addService("web", {}, SHARED);
    const address = await scene.address("web");
    await scene.addService("also", {}, { ...SHARED, "fairlead.dev/loadBalancerIPs": address });
    const refused = await until("it is refused", async () => {
      const condition = await scene.allocated("also");
      return condition?.status === "False" && condition;
    });
    expect(refused.reason).to.equal("SharingRefused");
    expect(refused.message).to.include("default/web").and.include("TCP 80");
  });

  it("stays when its pool is edited under it, is marked Draining, and leaves only when it is told to", async () => {
    const { api } = cluster.controlPlane;
    await scene.addService("web");
    const address = await scene.address("web");
    await api.patch(POOL, "merge", { spec: { addresses: ["192.168.50.210-192.168.50.215"] } });
    const record = `/apis/fairlead.dev/v1beta1/ipallocations/${address}`;
    await until("the record is Draining", async () => {
      const { status } = (await api.get(record)) as { status?: { conditions?: Condition[] } };
      return status?.conditions?.some((condition) => condition.type === "Draining" && condition.status === "True");
    });
    expect(await scene.address("web")).to.equal(address);
    expect((await scene.allocated("web"))?.reason).to.equal("Draining");

    await api.patch("/api/v1/namespaces/default/services/web", "merge", {
      metadata: { annotations: { "fairlead.dev/reallocate": "true" } },
    });
    await until("it has another address", async () => (await scene.address("web")) === "192.168.50.210");
    await until("the old one is free", async () => !(await scene.allocations()).includes(address));
  });
});
