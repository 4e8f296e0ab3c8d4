import { setTimeout as delay } from "node:timers/promises";
import {
  answersHttp,
  type Cluster,
  httpUrl,
  type LabNode,
  longestGap,
  monotonicMillis,
  startProbe,
  until,
} from "@fairlead/testing";
import { expect } from "chai";
import { logLines, type Product } from "./product.ts";
import { answeringMacs, PATIENT, type Scene, say } from "./scene.ts";
import { withProduct } from "./with-product.ts";

const API_AWAY_MILLIS = 20_000;

describe("an address whose owner fails", () => {
  let cluster: Cluster;
  let product: Product;
  let scene: Scene;

  withProduct((stage) => {
    ({ cluster, product, scene } = stage);
  });
  beforeEach(() => scene.addPool());
  afterEach(async () => {
    await cluster.controlPlane.startApiServer();
    for (const { name } of cluster.lab.nodes) {
      await cluster.lab.restoreLink(name);
      if (!product.speaker(name).running) await product.startSpeaker(name);
    }
    await scene.clear();
  });

  /** A Service whose only pod is not on the owner's node, so that what fails is the way in and no more. */
  async function serviceElsewhere(): Promise<{ address: string; url: string; owner: LabNode }> {
    await scene.addService("web");
    const address = await scene.address("web");
    const owner = await until("the address has an owner", () => scene.owner(address));
    const other = cluster.lab.nodes.find(({ name }) => name !== owner.name);
    await cluster.addPod(other?.name ?? "", "web-1", { labels: { app: "web" } });
    const url = httpUrl(address);
    for (const { name, namespace } of [cluster.lab.client, cluster.lab.remote]) {
      await until(`${name} has an answer`, () => answersHttp(namespace, url, 500), { withinMillis: 10_000 });
    }
    return { address, url, owner };
  }

  const newOwner = (address: string, old: LabNode) =>
    until("another node answers", async () => {
      const owner = await scene.owner(address);
      return owner.name !== old.name && owner;
    });

  async function die(owner: LabNode): Promise<void> {
    await Promise.all([cluster.lab.cutLink(owner.name), product.speaker(owner.name).stop("SIGKILL")]);
  }

  /** Probes from both clients; stop() gives the longest gap of each, in milliseconds, and what failed. */
  async function probeBoth(url: string, options = {}) {
    const probes = [cluster.lab.client, cluster.lab.remote].map(({ namespace }) => startProbe(namespace, url, options));
    await until("both probes have answers", () => probes.every((probe) => probe.results().length > 20));
    return {
      async stop() {
        const [lan = [], remote = []] = await Promise.all(probes.map((probe) => probe.stop()));
        const failed = [...lan, ...remote].filter(({ error }) => error !== undefined);
        const gap = (results: typeof lan) => Math.round(longestGap(results)?.millis ?? 0);
        return { lan: gap(lan), remote: gap(remote), requests: lan.length + remote.length, failed };
      },
    };
  }

  it("moves to another node, and only that one answers, also when the old one is back", async () => {
    const { address, url, owner } = await serviceElsewhere();
    const probes = await probeBoth(url);
    await die(owner);
    const next = await newOwner(address, owner);
    await delay(500); // for both clients to have had answers again
    const { lan, remote } = await probes.stop();
    say(`${owner.name} died, ${next.name} took over: gap ${lan} ms on the LAN, ${remote} ms behind the router`);
    expect(lan).to.be.below(3_000);
    expect(remote).to.be.below(3_000);
    const client = cluster.lab.client.namespace;
    expect(await answeringMacs(client, address, 10)).to.deep.equal([next.mac]);
    await cluster.lab.restoreLink(owner.name);
    expect(await answeringMacs(client, address, 10), "with its link back").to.deep.equal([next.mac]);
    await product.startSpeaker(owner.name);
    expect(await answeringMacs(client, address, 20), "with its speaker back").to.deep.equal([next.mac]);
  });

  it("moves when only the speaker of its owner is killed", async () => {
    const { address, url, owner } = await serviceElsewhere();
    const probes = await probeBoth(url);
    await product.speaker(owner.name).stop("SIGKILL");
    const next = await newOwner(address, owner);
    await delay(500);
    const { lan, remote } = await probes.stop();
    say(`speaker of ${owner.name} killed: gap ${lan} ms on the LAN, ${remote} ms behind the router`);
    expect(await answeringMacs(cluster.lab.client.namespace, address, 10)).to.deep.equal([next.mac]);
  });

  it("moves without a gap to speak of when its speaker is told to stop", async () => {
    const { address, url, owner } = await serviceElsewhere();
    const probes = await probeBoth(url);
    await product.speaker(owner.name).stop("SIGTERM");
    await newOwner(address, owner);
    const { lan, remote, failed, requests } = await probes.stop();
    say(
      `speaker of ${owner.name} stopped: gap ${lan} and ${remote} ms, ${failed.length} of ${requests} requests failed`,
    );
  });

  it("stays while the API server is away, and moves all the same when its owner dies meanwhile", async () => {
    const { address, url, owner } = await serviceElsewhere();
    const withdrawn = () =>
      cluster.lab.nodes.flatMap(({ name }) => {
        return logLines(product.speaker(name)).filter(({ msg }) => msg === "address withdrawn");
      }).length;
    const before = withdrawn();
    const probes = await probeBoth(url, PATIENT);
    const goneAt = monotonicMillis();
    await cluster.controlPlane.stopApiServer("SIGKILL");
    await delay(API_AWAY_MILLIS);
    const away = await probes.stop();
    say(`API server away for ${API_AWAY_MILLIS / 1000} s: ${away.failed.length} of ${away.requests} requests failed`);
    const when = away.failed.map(({ startedAt, error }) => `${error} after ${Math.round(startedAt - goneAt)} ms`);
    expect(when).to.deep.equal([]);
    expect(withdrawn() - before).to.equal(0);
    expect(await answeringMacs(cluster.lab.client.namespace, address)).to.deep.equal([owner.mac]);

    const moving = await probeBoth(url);
    await die(owner);
    const next = await newOwner(address, owner);
    await delay(500);
    const { lan, remote } = await moving.stop();
    say(
      `${owner.name} died meanwhile, ${next.name} took over: gap ${lan} ms on the LAN, ${remote} ms behind the router`,
    );
    await cluster.controlPlane.startApiServer();
    const path = `/apis/fairlead.dev/v1beta1/speakerstatuses/${next.name}`;
    await until(
      "the new owner has written its status",
      async () => ((await cluster.controlPlane.api.get(path)) as OneStatus).status.layer2.owned === 1,
      { withinMillis: 30_000 },
    );
    for (const daemon of product.controllers) daemon.assertRunning();
  });
});

interface OneStatus {
  readonly status: { readonly layer2: { readonly owned: number } };
}
