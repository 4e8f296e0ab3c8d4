import type { KubeletCluster, LabNode, ProbeResult } from "@fairlead/testing";
import { monotonicMillis, startProbe, until } from "@fairlead/testing";
import { expect } from "chai";
import { say } from "../e2e/scene.ts";
import { endSharedCluster, newCluster, sharedCluster } from "./shared-cluster.ts";
import { failures, LOAD, Site } from "./site.ts";

/** From the loss of a node on: a connection that is opened later than this must not fail. */
const ALL_WELL_AFTER_MILLIS = 1_500;

/**
 * How long the load goes on after a loss. Kubernetes itself says after 40 to 50 s that the node is not ready: WATCHED_SECONDS=60
 * shows all of it.
 */
const WATCHED_MILLIS = Number(process.env.WATCHED_SECONDS ?? 12) * 1_000;

/** Attempts that failed though they were begun later than {@link ALL_WELL_AFTER_MILLIS} after `lostAt`. */
function late(results: readonly ProbeResult[], lostAt: number): readonly ProbeResult[] {
  return failures(results).filter(({ startedAt }) => startedAt > lostAt + ALL_WELL_AFTER_MILLIS);
}

/**
 * Loses a node under load and says how it went.
 *
 * @param beside - a NodePort that is asked meanwhile, "host:port": what kube-proxy alone makes of the same loss.
 */
async function lose(
  site: Site,
  addresses: readonly string[],
  event: () => Promise<void>,
  beside?: string,
): Promise<void> {
  let lostAt = 0;
  const client = site.cluster.lab.client.namespace;
  const nodePort = beside === undefined ? undefined : startProbe(client, `http://${beside}/`, LOAD);
  const results = await site.underLoad(
    addresses,
    async () => {
      lostAt = monotonicMillis();
      await event();
    },
    WATCHED_MILLIS,
  );
  say(`the address: ${story(results, lostAt)}`);
  if (nodePort !== undefined) say(`kube-proxy's NodePort beside it: ${story(await nodePort.stop(), lostAt)}`);
  expect(late(results, lostAt), "failed though begun later than 1.5 s after the loss").to.deep.equal([]);
}

function story(results: readonly ProbeResult[], lostAt: number): string {
  const failed = failures(results).map(({ startedAt }) => Math.round(startedAt - lostAt));
  failed.sort((a, b) => a - b);
  const when = failed.length === 0 ? "" : `, begun ${failed[0]} to ${failed.at(-1)} ms after the loss`;
  return `${failed.length} of ${results.length} connections failed${when}`;
}

/** Takes both links of a node away, as when its power goes: nobody says goodbye, and Kubernetes knows nothing yet. */
async function unplug(cluster: KubeletCluster, node: LabNode): Promise<void> {
  await Promise.all([cluster.lab.cutLink(node.name), cluster.lab.cutLink(node.name, "management")]);
}

async function plug(cluster: KubeletCluster, site: Site, node: LabNode): Promise<void> {
  await cluster.lab.restoreLink(node.name);
  await cluster.lab.restoreLink(node.name, "management");
  await cluster.kubectl("wait", "--for=condition=Ready", `node/${node.name}`, "--timeout=120s");
  await site.isReady();
}

const BOTH_FAMILIES = { ipFamilies: ["IPv4", "IPv6"], ipFamilyPolicy: "RequireDualStack" };

for (const kubeProxy of ["nftables", "none"] as const) {
  describe(`a node that is lost, with kube-proxy ${kubeProxy === "none" ? "absent" : "beside"}`, () => {
    let cluster: KubeletCluster;
    let site: Site;
    let addresses: string[];

    before("makes the cluster and a Service", async function () {
      this.timeout(300_000);
      if (kubeProxy === "none") await endSharedCluster();
      cluster = await (kubeProxy === "none" ? newCluster({ kubeProxy }) : sharedCluster());
      site = new Site(cluster);
      await site.install();
      await site.serveWeb({ n1: 2, n2: 1, n3: 1 });
      addresses = await site.expose("web", BOTH_FAMILIES);
    });
    after(async function () {
      this.timeout(180_000);
      if (kubeProxy === "none") await cluster?.close();
      else await site?.clear();
    });

    for (const [count, others] of [
      [1, { one: 2, other: 1 }],
      [2, { one: 1, other: 1 }],
    ] as const) {
      it(`gets no new connections when ${count} of 4 endpoints are on it, as owner of the address`, async function () {
        this.timeout(240_000 + WATCHED_MILLIS);
        const owner = await site.owner(addresses[0] ?? "");
        const [one, other] = cluster.lab.nodes.filter(({ name }) => name !== owner.name);
        if (one === undefined || other === undefined) throw new Error("Cannot test: three nodes are needed");
        await site.serveWeb({ [owner.name]: count, [one.name]: others.one, [other.name]: others.other });
        const beside = `${one.address.ipv4}:${await site.nodePort("web")}`;
        await lose(site, addresses, () => unplug(cluster, owner), kubeProxy === "none" ? undefined : beside);
        await plug(cluster, site, owner);
      });
    }

    it("keeps its endpoints when its speaker alone is killed", async function () {
      this.timeout(180_000);
      await site.serveWeb({ n1: 1, n2: 1, n3: 1 });
      const owner = await site.owner(addresses[0] ?? "");
      const victim = cluster.lab.nodes.find(({ name }) => name !== owner.name);
      if (victim === undefined) throw new Error("Cannot test: another node is needed");
      const speaker = await site.speaker(victim.name);
      const results = await site.underLoad(addresses, async () => {
        const pod = ["-n", "fairlead-system", "delete", "pod", speaker.metadata.name];
        await cluster.kubectl(...pod, "--force", "--grace-period=0");
      });
      expect(failures(results)).to.deep.equal([]);
      const lastAnswers = results.slice(-100).map(({ pod }) => pod ?? "");
      expect(lastAnswers.some((pod) => pod.startsWith(`web-${victim.name}`))).to.equal(true);
      await site.isReady();
    });

    it("keeps its endpoints when its kubelet alone is dead", async function () {
      this.timeout(180_000);
      const owner = await site.owner(addresses[0] ?? "");
      const victim = cluster.lab.nodes.find(({ name }) => name !== owner.name);
      if (victim === undefined) throw new Error("Cannot test: another node is needed");
      const results = await site.underLoad(addresses, () => cluster.node(victim.name).stopKubelet(), 4_000);
      await cluster.node(victim.name).startKubelet();
      expect(failures(results)).to.deep.equal([]);
      const lastAnswers = results.slice(-100).map(({ pod }) => pod ?? "");
      expect(lastAnswers.some((pod) => pod.startsWith(`web-${victim.name}`))).to.equal(true);
    });

    it("is named as lost by the others' SpeakerStatus, and no more when it is back", async function () {
      this.timeout(240_000);
      const [owner, other] = [await site.owner(addresses[0] ?? ""), cluster.lab.nodes];
      const witness = other.find(({ name }) => name !== owner.name)?.name ?? "";
      const seen = async () => {
        const path = `/apis/fairlead.dev/v1beta1/speakerstatuses/${witness}`;
        const status = (await cluster.controlPlane.api.get(path)) as {
          status: { nodes?: readonly { name: string; reason: string }[] };
        };
        return status.status.nodes?.find(({ name }) => name === owner.name)?.reason;
      };
      await unplug(cluster, owner);
      await until(`${witness} says that ${owner.name} is lost`, async () => (await seen()) === "NodeLost", {
        withinMillis: 10_000,
      });
      await plug(cluster, site, owner);
      await until(`${witness} says nothing of ${owner.name}`, async () => (await seen()) === undefined, {
        withinMillis: 60_000,
      });
    });
  });
}
