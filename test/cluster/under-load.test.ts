import { randomBytes } from "node:crypto";
import { type KubeletCluster, longestGap, type ProbeResult, until } from "@fairlead/testing";
import { expect } from "chai";
import { say } from "../e2e/scene.ts";
import { sharedCluster } from "./shared-cluster.ts";
import { failures, Site } from "./site.ts";

/** Expects no failed connection, and says what was seen. */
function expectNoneFailed(results: readonly ProbeResult[]): void {
  const failed = failures(results);
  const gap = Math.round(longestGap(results)?.millis ?? 0);
  say(`${failed.length} of ${results.length} connections failed, longest time without an answer ${gap} ms`);
  expect(failed.map(({ error }) => error)).to.deep.equal([]);
}

describe("under 50 new connections a second, no connection fails when", () => {
  let cluster: KubeletCluster;
  let site: Site;
  let address: string;

  before("makes the cluster and a Service", async function () {
    this.timeout(300_000);
    cluster = await sharedCluster();
    site = new Site(cluster);
    await site.install();
    await site.serveWeb({ n1: 1, n2: 1, n3: 1 });
    [address = ""] = await site.expose("web");
  });
  after(async function () {
    this.timeout(120_000);
    await site?.clear();
  });

  const system = (...args: string[]) => cluster.kubectl("-n", "fairlead-system", ...args);

  it("the owner's speaker is deleted", async () => {
    const { metadata } = await site.speaker((await site.owner(address)).name);
    expectNoneFailed(
      await site.underLoad([address], async () => {
        await system("delete", "pod", metadata.name);
        await site.isReady();
      }),
    );
  });

  it("the owner's speaker is deleted by force", async () => {
    const { metadata } = await site.speaker((await site.owner(address)).name);
    expectNoneFailed(
      await site.underLoad([address], async () => {
        await system("delete", "pod", metadata.name, "--grace-period=0", "--force");
        await site.isReady();
      }),
    );
  });

  it("the owner is drained, and takes pods again", async () => {
    const { name } = await site.owner(address);
    // What cannot go elsewhere: this file's pods are bound to their nodes.
    await site.serveWeb({ n1: 1, n2: 1, n3: 1, [name]: 0 });
    expectNoneFailed(
      await site.underLoad([address], async () => {
        await cluster.kubectl("drain", name, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=60s");
        expect((await site.owner(address)).name).to.equal(name);
        await cluster.kubectl("uncordon", name);
        await site.isReady();
      }),
    );
    await site.serveWeb({ n1: 1, n2: 1, n3: 1 });
  });

  it("every speaker is replaced by rollout restart", async () => {
    expectNoneFailed(
      await site.underLoad([address], async () => {
        await system("rollout", "restart", "daemonset/fairlead-speaker");
        await site.isReady();
      }),
    );
  });

  it("the controllers are replaced by rollout restart, and new Services have addresses meanwhile", async () => {
    expectNoneFailed(
      await site.underLoad([address], async () => {
        await system("rollout", "restart", "deployment/fairlead-controller");
        await site.expose("meanwhile");
        await site.isReady();
      }),
    );
    await cluster.kubectl("delete", "service", "meanwhile");
  });

  it("the key of heartbeats is made later", async function () {
    this.timeout(180_000); // the kubelet looks at Secrets about once a minute
    const key = randomBytes(32).toString("hex");
    const before = (await site.owner(address)).name;
    expectNoneFailed(
      await site.underLoad([address], async () => {
        await system("create", "secret", "generic", "fairlead-heartbeat", `--from-literal=key=${key}`);
        for (const { name } of cluster.lab.nodes) await keyIsUsed(name);
        expect((await site.owner(address)).name).to.equal(before);
      }),
    );
    await system("delete", "secret", "fairlead-heartbeat");
  });

  it("the power of the owner goes, with no endpoint on it, and comes back", async function () {
    this.timeout(180_000);
    const { name } = await site.owner(address);
    await site.serveWeb({ n1: 1, n2: 1, n3: 1, [name]: 0 });
    expectNoneFailed(await site.underLoad([address], () => cluster.powerOff(name)));
    const heir = (await site.owner(address)).name;
    expect(heir).to.not.equal(name);
    expectNoneFailed(
      await site.underLoad([address], async () => {
        await cluster.powerOn(name);
        await site.isReady();
      }),
    );
    expect((await site.owner(address)).name).to.equal(heir);
  });

  /** Waits until a speaker says that it has read a key. */
  async function keyIsUsed(node: string): Promise<void> {
    const { metadata } = await site.speaker(node);
    const isSaid = async () => (await system("logs", metadata.name)).includes("heartbeat keys have changed");
    await until(`the speaker of ${node} has the key`, isSaid, { withinMillis: 120_000, everyMillis: 1_000 });
  }
});
