import {
  answersHttp,
  askHttp,
  askUdp,
  type Cluster,
  httpUrl,
  type LabHost,
  longestGap,
  startProbe,
  until,
} from "@fairlead/testing";
import { expect } from "chai";
import type { Product } from "./product.ts";
import { answeringMacs, type Scene, say, timed } from "./scene.ts";
import { withProduct } from "./with-product.ts";

describe("traffic to an address", () => {
  let cluster: Cluster;
  let product: Product;
  let scene: Scene;
  let clients: readonly LabHost[];

  withProduct((stage) => {
    ({ cluster, product, scene } = stage);
  });
  before(async () => {
    clients = [cluster.lab.client, cluster.lab.remote];
  });
  beforeEach(async () => {
    await cluster.addPod("n1", "web-1", { labels: { app: "web" } });
    await cluster.addPod("n2", "web-2", { labels: { app: "web" } });
    await scene.addPool();
  });
  afterEach(() => scene.clear());

  const firstAnswer = (client: LabHost, url: string) =>
    until(`${client.name} has an answer`, () => askHttp(client.namespace, url, 500), { withinMillis: 10_000 });

  async function keepsClientAddress(): Promise<void> {
    await scene.addService("web", { externalTrafficPolicy: "Local" });
    const address = await scene.address("web");
    for (const client of clients) {
      const answer = await firstAnswer(client, httpUrl(address));
      expect(answer.client, `as ${answer.pod} sees ${client.name}`).to.equal(client.address.ipv4);
    }
  }

  it("of policy Cluster reaches pods from both clients", async () => {
    await scene.addService("web");
    const address = await scene.address("web");
    for (const client of clients) expect((await firstAnswer(client, httpUrl(address))).pod).to.match(/^web-[12]$/);
  });

  it("over UDP is answered from the address that was asked", async () => {
    await scene.addService("web", { ports: [{ name: "echo", protocol: "UDP", port: 5353, targetPort: 8080 }] });
    const address = await scene.address("web");
    for (const { name, namespace } of clients) {
      await until(`${name} has an answer`, () => askUdp(namespace, address, 5353, 500));
    }
  });

  it("of policy Local keeps the client's address, and arrives on a node with a pod", async () => {
    await keepsClientAddress();
    const address = await scene.address("web");
    expect((await scene.owner(address)).name).to.be.oneOf(["n1", "n2"]);
  });

  it("of policy Local moves to the other node when the pod of the owner is no longer ready, and ends with the last", async () => {
    await scene.addService("web", { externalTrafficPolicy: "Local" });
    const address = await scene.address("web");
    const url = httpUrl(address);
    const { pod: first } = await firstAnswer(cluster.lab.client, url);
    const second = first === "web-1" ? "web-2" : "web-1";
    const probe = startProbe(cluster.lab.client.namespace, url);
    await until("the probe has answers", () => probe.results().length > 10);
    await cluster.setPodReady(first, "False");
    const took = await timed(() =>
      until(
        "the other pod answers",
        async () => (await askHttp(cluster.lab.client.namespace, url, 500)).pod === second,
      ),
    );
    const results = await probe.stop();
    const failed = results.filter(({ error }) => error !== undefined).length;
    say(
      `other pod after ${took} ms; gap ${Math.round(longestGap(results)?.millis ?? 0)} ms, ${failed} failed requests`,
    );
    expect((await scene.owner(address)).name).to.equal(cluster.pod(second).node.name);
    for (const client of clients) {
      expect((await firstAnswer(client, url)).client).to.equal(client.address.ipv4);
    }
    await cluster.setPodReady(second, "False");
    await until("nobody answers for it", async () => {
      return (await answeringMacs(cluster.lab.client.namespace, address)).length === 0;
    });
    // What arrives all the same is not forwarded: the client still knows the MAC address.
    const { mac } = cluster.pod(second).node;
    await cluster.lab.client.namespace.ip(`neigh replace ${address} lladdr ${mac} dev eth0 nud permanent`);
    expect(await answersHttp(cluster.lab.client.namespace, url, 500)).to.equal(false);
    await cluster.lab.client.namespace.ip(`neigh del ${address} dev eth0`);
  });

  it("is forwarded by kube-proxy's NodePort in the mode nodePort; policy Local keeps the client's address", async () => {
    await product.restartSpeakers("nodePort");
    try {
      await keepsClientAddress();
      await scene.addService("all");
      const address = await scene.address("all");
      for (const client of clients) expect((await firstAnswer(client, httpUrl(address))).pod).to.match(/^web-[12]$/);
    } finally {
      await product.restartSpeakers("direct");
    }
  });
});
