import { type Cluster, until } from "@fairlead/testing";
import { expect } from "chai";
import type { Product } from "./product.ts";
import { answeringMacs, type Scene, say, serviceManifest } from "./scene.ts";
import { withProduct } from "./with-product.ts";

const FINALIZER = "service.kubernetes.io/load-balancer-cleanup";
const SERVICES = "/api/v1/namespaces/default/services";
/** The 10 s that Fairlead waits at most, and some for a busy machine. */
const LIMIT = { withinMillis: 15_000 };

describe("the finalizer of Services", () => {
  let cluster: Cluster;
  let product: Product;
  let scene: Scene;

  withProduct((stage) => {
    ({ cluster, product, scene } = stage);
  });
  beforeEach(async () => {
    await restart("--finalizer");
    await scene.addPool();
    await cluster.addPod("n1", "web-1", { labels: { app: "web" } });
  });
  afterEach(async () => {
    await restart();
    await scene.clear();
  });

  async function restart(...options: string[]): Promise<void> {
    await product.controllers[0]?.stop();
    await product.startController(0, options);
  }

  /** Whether a Service has the finalizer; undefined once it is gone. */
  async function has(name: string): Promise<boolean | undefined> {
    const services = (await scene.services()) as unknown as { metadata: { name: string; finalizers?: string[] } }[];
    const found = services.find(({ metadata }) => metadata.name === name);
    return found && (found.metadata.finalizers ?? []).includes(FINALIZER);
  }
  const isGone = async (name: string) => (await has(name)) === undefined;
  const isAnswered = async (address: string) => {
    return (await answeringMacs(cluster.lab.client.namespace, address, 1)).length > 0;
  };

  async function announced(name: string): Promise<string> {
    await scene.addService(name);
    const address = await scene.address(name);
    expect(await has(name), "it came with the address").to.equal(true);
    await until("it is answered for", () => isAnswered(address), LIMIT);
    await until("a SpeakerStatus says so", async () => (await speakersOf(address)).length === 1);
    return address;
  }

  async function speakersOf(address: string): Promise<string[]> {
    const path = "/apis/fairlead.dev/v1beta1/speakerstatuses";
    const { items } = (await cluster.controlPlane.api.get(path)) as {
      items: { metadata: { name: string }; status?: { layer2?: { addresses?: { address: string }[] } } }[];
    };
    const having = items.filter(({ status }) => status?.layer2?.addresses?.some((one) => one.address === address));
    return having.map(({ metadata }) => metadata.name);
  }

  it("keeps a deleted Service until its address is off the wire and free", async () => {
    const address = await announced("web");
    const start = performance.now();
    await cluster.controlPlane.api.delete(`${SERVICES}/web`);
    await until("it is gone", () => isGone("web"), LIMIT);
    say(`gone ${Math.round(performance.now() - start)} ms after it was deleted`);
    expect(await scene.allocations()).to.deep.equal([]);
    expect(await isAnswered(address)).to.equal(false);
    expect(await speakersOf(address)).to.deep.equal([]);
  });

  it("goes when the type is changed, and comes back with the address", async () => {
    const address = await announced("web");
    await scene.changeService("web", { type: "ClusterIP" });
    await until("it is without", async () => (await has("web")) === false, LIMIT);
    expect(await scene.allocations()).to.deep.equal([]);
    expect(await isAnswered(address)).to.equal(false);
    expect((await scene.allocated("web"))?.reason).to.equal("NotServed");
    await scene.changeService("web", { type: "LoadBalancer" });
    expect(await scene.address("web")).to.equal(address);
    expect(await has("web")).to.equal(true);
  });

  for (const [what, options] of [
    ["with the option", ["--finalizer"]],
    ["without the option", []],
  ] as const) {
    it(`is finished by the next controller, ${what}, when one is killed in between`, async () => {
      const address = await announced("web");
      await cluster.controlPlane.api.delete(`${SERVICES}/web`);
      await until("it is withdrawn", async () => (await scene.allocated("web"))?.reason === "Withdrawing");
      await product.controllers[0]?.stop("SIGKILL");
      expect(await has("web")).to.equal(true);
      expect(await scene.allocations()).to.deep.equal([address]);
      await product.startController(0, options);
      await until("it is gone", () => isGone("web"), { withinMillis: 30_000 }); // the Lease must run out
      await until("the address is free", async () => (await scene.allocations()).length === 0);
    });
  }

  it("is finished though the Service was deleted while no controller ran", async () => {
    await announced("web");
    await product.controllers[0]?.stop();
    await cluster.controlPlane.api.delete(`${SERVICES}/web`);
    expect(await has("web")).to.equal(true);
    await product.startController(0);
    await until("it is gone", () => isGone("web"), LIMIT);
    expect(await scene.allocations()).to.deep.equal([]);
  });

  it("is waited for no longer than 10 s when the owner is dead", async () => {
    const address = await announced("web");
    const [owner = ""] = await speakersOf(address);
    await Promise.all(cluster.lab.nodes.map(({ name }) => product.speaker(name).stop("SIGKILL")));
    try {
      await cluster.controlPlane.api.delete(`${SERVICES}/web`);
      await until("it is gone", () => isGone("web"), LIMIT);
      expect(await speakersOf(address), "nobody has taken it back").to.deep.equal([owner]);
      expect(product.controllers[0]?.output()).to.include("nodes still say that they answer for it");
    } finally {
      await Promise.all(cluster.lab.nodes.map(({ name }) => product.startSpeaker(name)));
    }
  });

  it("goes from Services that live when the option is switched off, and comes when it is switched on", async () => {
    const address = await announced("web");
    await restart();
    await until("it is without", async () => (await has("web")) === false, LIMIT);
    expect(await scene.address("web")).to.equal(address);
    await restart("--finalizer");
    await until("it has it", () => has("web"), LIMIT);
    expect(await scene.address("web")).to.equal(address);
  });

  it("is left alone where another put it", async () => {
    const manifest = serviceManifest("web");
    await cluster.controlPlane.api.post(SERVICES, {
      ...manifest,
      metadata: { ...manifest.metadata, finalizers: [FINALIZER] } as typeof manifest.metadata,
    });
    await scene.address("web");
    await cluster.controlPlane.api.delete(`${SERVICES}/web`);
    await until("the address is free", async () => (await scene.allocations()).length === 0, LIMIT);
    expect(await has("web")).to.equal(true);
    await cluster.controlPlane.api.patch(`${SERVICES}/web`, "merge", { metadata: { finalizers: null } });
    await until("it is gone", () => isGone("web"));
  });
});
