import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type KubeletCluster, until } from "@fairlead/testing";
import { expect } from "chai";
import { CHART, CRDS_CHART, Helm } from "../e2e/helm.ts";
import { type NodeState, nodeState } from "./node-state.ts";
import { endSharedCluster, sharedCluster } from "./shared-cluster.ts";
import { Site } from "./site.ts";

const CONFIG = fileURLToPath(new URL("../../config", import.meta.url));
const DUAL = { ipFamilies: ["IPv4", "IPv6"], ipFamilyPolicy: "RequireDualStack" };

describe("uninstalled as the guide says, nothing is left on the nodes or in the API", () => {
  let cluster: KubeletCluster;
  let site: Site;
  let helm: Helm;
  let pristine: ReadonlyMap<string, NodeState>;

  before("makes a cluster that never had Fairlead", async function () {
    this.timeout(300_000);
    await endSharedCluster();
    cluster = await sharedCluster();
    site = new Site(cluster);
    helm = await Helm.create();
    pristine = await states();
  });
  after(() => helm?.close());

  async function states(): Promise<Map<string, NodeState>> {
    const all = cluster.lab.nodes.map(async ({ name }) => [name, await nodeState(cluster, name)] as const);
    return new Map(await Promise.all(all));
  }

  /** Names of objects that are Fairlead's. */
  async function objects(): Promise<string[]> {
    const kinds = "namespaces,customresourcedefinitions,clusterroles,clusterrolebindings,validatingadmissionpolicies";
    const names = await cluster.kubectl("get", kinds, "-o", "name");
    return names.split("\n").filter((name) => name.includes("fairlead"));
  }

  async function cleanNodes(): Promise<void> {
    await cluster.kubectl("apply", "--server-side", "-k", `${CONFIG}/cleanup`);
    const args = ["-n", "fairlead-cleanup", "rollout", "status", "daemonset/fairlead-cleanup", "--timeout=120s"];
    await cluster.kubectl(...args);
    await cluster.kubectl("delete", "-k", `${CONFIG}/cleanup`);
  }

  async function expectNothingLeft(): Promise<void> {
    const left = await states();
    for (const [node, state] of pristine) expect(left.get(node), node).to.deep.equal(state);
    await until("nothing of Fairlead is in the API", async () => (await objects()).length === 0, {
      withinMillis: 30_000,
    });
  }

  it("by kustomize", async function () {
    this.timeout(300_000);
    await site.install();
    await site.serveWeb({ n1: 1, n2: 1, n3: 1 });
    await site.expose("web", DUAL);
    expect((await nodeState(cluster, "n1")).tables).to.include("table inet fairlead");
    await site.clear();
    await cluster.kubectl("delete", "-k", CONFIG);
    await cleanNodes();
    await expectNothingLeft();
  });

  it("by Helm, after an upgrade and a rollback", async function () {
    this.timeout(400_000);
    const onCluster = (...args: string[]) =>
      helm.run(...args, "--namespace", "fairlead-system", "--kubeconfig", cluster.controlPlane.adminKubeconfig);
    const wait = ["--wait", "--timeout", "120s"];
    await cluster.kubectl("apply", "--server-side", "-f", `${CONFIG}/namespace.yaml`);
    await onCluster("install", "fairlead-crds", CRDS_CHART, ...wait);
    await onCluster("install", "fairlead", CHART, ...wait);
    await cluster.kubectl("apply", "-f", `${CONFIG}/samples/pool.yaml`);
    await site.serveWeb({ n1: 1, n2: 1, n3: 1 });
    const [address = ""] = await site.expose("web");
    const key = randomBytes(32).toString("hex");
    await cluster.kubectl(
      "-n",
      "fairlead-system",
      "create",
      "secret",
      "generic",
      "fairlead-heartbeat",
      `--from-literal=key=${key}`,
    );
    await onCluster("upgrade", "fairlead", CHART, "--set", "speaker.detection=1000", ...wait);
    await site.isReady();
    expect(await site.answers(address)).to.equal(true);
    await onCluster("rollback", "fairlead", ...wait);
    await site.isReady();
    expect(await site.answers(address)).to.equal(true);
    await site.clear();
    await onCluster("uninstall", "fairlead", ...wait);
    expect(await cluster.kubectl("get", "crd", "-o", "name")).to.include("ipaddresspools.fairlead.dev");
    await onCluster("uninstall", "fairlead-crds", ...wait);
    await cluster.kubectl("delete", "-f", `${CONFIG}/crd`, "--ignore-not-found");
    await cluster.kubectl("delete", "namespace", "fairlead-system");
    await cleanNodes();
    await expectNothingLeft();
  });
});
