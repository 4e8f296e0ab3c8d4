import { setTimeout as delay } from "node:timers/promises";
import { answersHttp, type Cluster, httpUrl, longestGap, type Namespace, startProbe, until } from "@fairlead/testing";
import { expect } from "chai";
import type { Product } from "./product.ts";
import { answeringMacs, type Scene, say } from "./scene.ts";
import { withProduct } from "./with-product.ts";

const ADVERTISEMENTS = "/apis/fairlead.dev/v1beta1/l2advertisements";
const PARTS = 64;

describe("an address whose clients are shared among the nodes", () => {
  let cluster: Cluster;
  let product: Product;
  let scene: Scene;

  after(async () => {
    await cluster.controlPlane.api.delete(`${ADVERTISEMENTS}/shared`);
    await scene.clear();
  });
  withProduct((stage) => {
    ({ cluster, product, scene } = stage);
  });
  before(async () => {
    await cluster.controlPlane.api.post(ADVERTISEMENTS, {
      apiVersion: "fairlead.dev/v1beta1",
      kind: "L2Advertisement",
      metadata: { name: "shared" },
      spec: { share: "Client" },
    });
    await scene.addPool();
  });

  const parts = async () => {
    const { items } = (await cluster.controlPlane.api.get("/apis/fairlead.dev/v1beta1/speakerstatuses")) as {
      items: { metadata: { name: string }; status: { layer2?: { shared?: { parts: number }[] } } }[];
    };
    return items.map(({ status }) => status.layer2?.shared?.[0]?.parts ?? 0);
  };
  /** Asks as many clients: the LAN client with an address each. */
  const answersByClient = async (from: Namespace, address: string): Promise<Map<string, string[]>> => {
    const answers = new Map<string, string[]>();
    for (let i = 0; i < 12; i++) {
      const own = `192.168.50.${130 + i}`;
      await from.run("ip", "address", "add", `${own}/32`, "dev", "eth0");
      const args = ["-r", "-c", "2", "-W", "0.1", "-w", "0.5", "-i", "eth0", "-S", own, address];
      const { stdout } = await from.run("arping", ...args).catch(() => ({ stdout: "" }));
      answers.set(own, [...new Set(stdout.split("\n").filter((line) => line !== ""))]);
      await from.run("ip", "address", "delete", `${own}/32`, "dev", "eth0");
    }
    return answers;
  };

  it("is answered to each client by one node, to all by several, and only the lost node's clients move", async () => {
    await scene.addService("web");
    const address = await scene.address("web");
    const { client, remote } = cluster.lab;
    await until("all parts are taken", async () => (await parts()).reduce((sum, each) => sum + each, 0) === PARTS);
    const shares = await parts();
    say(`parts of the clients by node: ${shares.join(", ")}`);
    expect(Math.min(...shares)).to.be.above(0);

    const before = await answersByClient(client.namespace, address);
    for (const [one, macs] of before) expect(macs, one).to.have.length(1);
    expect(new Set([...before.values()].flat()).size, "nodes that answer").to.be.above(1);

    const url = httpUrl(address);
    const [mac = ""] = await answeringMacs(client.namespace, address);
    const node = cluster.lab.nodes.find((each) => each.mac === mac);
    const other = cluster.lab.nodes.find((each) => each.mac !== mac);
    await cluster.addPod(other?.name ?? "", "web-1", { labels: { app: "web" } });
    for (const { name, namespace } of [client, remote]) {
      await until(`${name} has an answer`, () => answersHttp(namespace, url, 500), { withinMillis: 10_000 });
    }
    const probe = startProbe(client.namespace, url);
    await until("the probe has answers", () => probe.results().length > 20);
    await Promise.all([cluster.lab.cutLink(node?.name ?? ""), product.speaker(node?.name ?? "").stop("SIGKILL")]);
    await until("others answer the client", async () => {
      const macs = await answeringMacs(client.namespace, address, 1);
      return macs.length === 1 && macs[0] !== mac;
    });
    await delay(500);
    const gap = Math.round(longestGap(await probe.stop())?.millis ?? Number.NaN);
    say(`${node?.name} died: gap ${gap} ms for a client of its part`);
    expect(gap).to.be.below(3_000);

    const after = await answersByClient(client.namespace, address);
    for (const [one, macs] of before) {
      if (macs[0] !== mac) expect(after.get(one), `${one} stays`).to.deep.equal(macs);
      else expect(after.get(one), `${one} is answered`).to.have.length(1).and.not.include(mac);
    }
    await cluster.lab.restoreLink(node?.name ?? "");
    await product.startSpeaker(node?.name ?? "");
  });
});
