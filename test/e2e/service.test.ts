import { answersHttp, askHttp, type Cluster, httpUrl, until } from "@fairlead/testing";
import { expect } from "chai";
import { CONFIG } from "./product.ts";
import { answeringMacs, type Scene, say, timed } from "./scene.ts";
import { withProduct } from "./with-product.ts";

describe("a Service of type LoadBalancer", () => {
  let cluster: Cluster;
  let scene: Scene;

  withProduct((stage) => {
    ({ cluster, scene } = stage);
  });
  beforeEach(async () => {
    await cluster.addPod("n1", "web-1", { labels: { app: "web" } });
    await cluster.addPod("n2", "web-2", { labels: { app: "web" } });
  });
  afterEach(() => scene.clear());

  const gone = (address: string) =>
    until(`nobody answers for ${address}`, async () => {
      return (await answeringMacs(cluster.lab.client.namespace, address)).length === 0;
    });
  const free = () => until("the address is free", async () => (await scene.allocations()).length === 0);

  it("made from config/samples has an address in under 1 s, and answers from the LAN and from afar in under 3 s", async () => {
    await cluster.controlPlane.kubectl("apply", "-f", `${CONFIG}/samples`);
    const start = performance.now();
    const address = await scene.address("web");
    const allocatedAfter = Math.round(performance.now() - start);
    expect(address).to.equal("192.168.50.200");
    const answered = async (who: "client" | "remote") => {
      const from = cluster.lab[who].namespace;
      await until(`${who} has an answer`, () => answersHttp(from, httpUrl(address), 500));
      return Math.round(performance.now() - start);
    };
    const [lan, remote] = await Promise.all([answered("client"), answered("remote")]);
    say(`address after ${allocatedAfter} ms, answer on the LAN after ${lan} ms, behind the router after ${remote} ms`);
    expect(allocatedAfter).to.be.below(1_000);
    expect(lan).to.be.below(3_000);
    expect(remote).to.be.below(3_000);
    expect((await scene.service("web")).status.loadBalancer?.ingress).to.deep.equal([{ ip: address, ipMode: "VIP" }]);
  });

  it("can be followed with kubectl", async () => {
    const { controlPlane } = cluster;
    await controlPlane.kubectl("apply", "-f", `${CONFIG}/samples`);
    const address = await scene.address("web");
    const owner = await until("the address has an owner", () => scene.owner(address));
    const table = async (...args: string[]) => {
      const lines = (await controlPlane.kubectl("get", ...args)).trimEnd().split("\n");
      return lines.map((line) => line.trim().split(/ {2,}/));
    };
    await until("the pool counts the address", async () => {
      const [header = [], row = []] = await table("ippool");
      return row[header.indexOf("USED IPV4")] === "1" && row[header.indexOf("FREE IPV4")] === "20";
    });
    const [poolHeader, poolRow] = await table("ippool");
    expect(poolHeader).to.include.members(["NAME", "ADDRESSES", "AUTO", "ACCEPTED", "AGE"]);
    expect(poolRow?.slice(0, 3)).to.deep.equal(["lan", '["192.168.50.200-192.168.50.220"]', "true"]);
    const [, allocation = []] = await table("ipalloc");
    expect(allocation.slice(0, -1)).to.deep.equal([address, address, "lan", "default", "web"]);
    await until("the owner's SpeakerStatus says so", async () => {
      const rows = (await table("speakers")).slice(1).map(([name, owned]) => `${name}:${owned}`);
      return rows.length === 3 && rows.includes(`${owner.name}:1`);
    });
    const [, service = []] = await table("service", "web");
    expect(service.slice(0, 2)).to.deep.equal(["web", "LoadBalancer"]);
    expect(service[3]).to.equal(address);
    const reasons = await until("both Events are there", async () => {
      const events = await scene.events("Service", "web");
      const found = events.map(({ type, reason, source }) => `${type} ${reason} ${source.component}`).sort();
      return found.length >= 2 && found;
    });
    expect(reasons).to.deep.equal(["Normal AddressAnnounced fairlead-speaker", "Normal Allocated fairlead-controller"]);
    for (const kind of [["ippool"], ["ipalloc"], ["speakers"], ["service", "web"]]) {
      say(((await controlPlane.kubectl("get", ...kind)) as string).trimEnd().replaceAll("\n", "\n        "));
    }
    for (const { reason, message } of await scene.events("Service", "web")) say(`Event ${reason}: ${message}`);
  });

  it("is withdrawn and freed within 2 s of becoming a ClusterIP, and allocated again on the way back", async () => {
    await scene.addPool();
    await scene.addService("web");
    const address = await scene.address("web");
    await until("it answers", () => answersHttp(cluster.lab.client.namespace, httpUrl(address)));
    await scene.changeService("web", { type: "ClusterIP" });
    const [silentAfter, freeAfter] = await Promise.all([timed(() => gone(address)), timed(free)]);
    say(`silent after ${silentAfter} ms, free after ${freeAfter} ms`);
    expect(silentAfter).to.be.below(2_000);
    expect(freeAfter).to.be.below(2_000);
    expect((await scene.service("web")).status.loadBalancer?.ingress).to.equal(undefined);
    await scene.changeService("web", { type: "LoadBalancer" });
    const again = await scene.address("web");
    await until("it answers again", () => answersHttp(cluster.lab.client.namespace, httpUrl(again)));
  });

  it("is withdrawn and freed when it is deleted", async () => {
    await scene.addPool();
    await scene.addService("web");
    const address = await scene.address("web");
    await until("it answers", () => answersHttp(cluster.lab.client.namespace, httpUrl(address)));
    await cluster.controlPlane.kubectl("delete", "service", "web");
    const [silentAfter, freeAfter] = await Promise.all([timed(() => gone(address)), timed(free)]);
    say(`silent after ${silentAfter} ms, free after ${freeAfter} ms`);
    // The client still knows the node's MAC address, and kube-proxy takes its time.
    const url = httpUrl(address);
    await until("nothing is forwarded", async () => !(await answersHttp(cluster.lab.client.namespace, url, 300)));
  });

  it("is all that is touched: other types stay as they are", async () => {
    await scene.addPool();
    await scene.addService("name", { type: "ExternalName", externalName: "example.org", ports: [] });
    await scene.addService("port", { type: "NodePort" });
    await scene.addService("cluster", { type: "ClusterIP" });
    await scene.addService("other", { loadBalancerClass: "example.org/other" });
    await scene.addService("last");
    await scene.address("last");
    for (const name of ["name", "port", "cluster", "other"]) {
      expect((await scene.service(name)).status, name).to.deep.equal({ loadBalancer: {} });
      expect(await scene.events("Service", name), name).to.deep.equal([]);
    }
    expect(await scene.allocations()).to.have.length(1);
  });

  it("has an answer from every ready pod", async () => {
    await scene.addPool();
    await scene.addService("web");
    const url = httpUrl(await scene.address("web"));
    const seen = new Set<string>();
    await until("both pods have answered", async () => {
      seen.add((await askHttp(cluster.lab.client.namespace, url)).pod);
      return seen.size === 2;
    });
  });
});
