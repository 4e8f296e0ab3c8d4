import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type KubeletCluster, runCommand } from "@fairlead/testing";
import { expect } from "chai";
import { sharedCluster } from "./shared-cluster.ts";
import { IMAGE, Site } from "./site.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The commands of the first shell block below a heading of the README. */
function commandsBelow(readme: string, heading: string): string[] {
  const section = readme.split(/^## /m).find((part) => part.startsWith(heading));
  const block = section?.match(/```sh\n([\s\S]*?)```/)?.[1];
  if (block === undefined) throw new Error(`Cannot read the README: a shell block must stand below "${heading}"`);
  return block.split("\n").filter((line) => line !== "");
}

/** What /proc says of the first process whose command line has `words`, in a node. */
async function processStatus(cluster: KubeletCluster, node: string, words: string): Promise<Map<string, string>> {
  const script = `for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline | grep -q '${words}' && cat $p/status && exit; done`;
  const { stdout } = await cluster.node(node).run("sh", "-c", script);
  return new Map(stdout.split("\n").map((line) => [line.split(":")[0] ?? "", line.split(":\t")[1]?.trim() ?? ""]));
}

describe("on a cluster of kubelets", () => {
  let cluster: KubeletCluster;
  let site: Site;

  before("makes the cluster", async function () {
    this.timeout(300_000);
    cluster = await sharedCluster();
    site = new Site(cluster);
  });

  it("the README's commands install it, word by word, but for the image's build and registry", async function () {
    this.timeout(180_000);
    const commands = commandsBelow(await readFile(`${ROOT}README.md`, "utf8"), "On your own cluster");
    const kubectl = `${cluster.controlPlane.kubectlPath} --kubeconfig=${cluster.controlPlane.adminKubeconfig}`;
    for (const command of commands) {
      // The laboratory has no registry: the image is on the nodes under the name that "make image" gives it.
      if (command.startsWith("docker ") || command === "make image") continue;
      const here = command.replaceAll("REGISTRY/", "docker.io/library/").replaceAll(/\bkubectl\b/g, kubectl);
      await runCommand("sh", "-c", `cd ${ROOT} && set -e && ${here}`);
    }
    expect(commands.filter((command) => command.includes("kubectl")).length).to.be.greaterThan(2);
    await site.isReady();
  });

  it("runs its controllers on two nodes, and a speaker on each", async () => {
    const controllers = await site.pods("fairlead-system", "app.kubernetes.io/component=controller");
    const speakers = await site.pods("fairlead-system", "app.kubernetes.io/component=speaker");
    expect(new Set(controllers.map(({ spec }) => spec.nodeName)).size).to.equal(2);
    expect(speakers.map(({ spec }) => spec.nodeName).sort()).to.deep.equal(["n1", "n2", "n3"]);
  });

  it("gives the speaker NET_ADMIN and NET_RAW and no other right, by a read-only file system", async () => {
    const status = await processStatus(cluster, "n1", "fairlead-speaker[.]mjs");
    // CAP_NET_ADMIN is bit 12, CAP_NET_RAW bit 13 (capabilities(7)).
    for (const set of ["CapPrm", "CapEff", "CapBnd"]) expect(status.get(set), set).to.equal("0000000000003000");
    expect(status.get("CapInh")).to.equal("0000000000000000");
    expect(status.get("NoNewPrivs")).to.equal("1");
    expect(status.get("Seccomp"), "seccomp mode 2: a filter").to.equal("2");
    const { metadata } = await site.speaker("n1");
    const write = cluster.kubectl("-n", "fairlead-system", "exec", metadata.name, "--", "touch", "/opt/x");
    expect(
      await write.then(
        () => "written",
        (error: Error) => error.message,
      ),
    ).to.include("Read-only file system");
  });

  it("gives the controller no right at all, as user 65532", async () => {
    const [pod] = await site.pods("fairlead-system", "app.kubernetes.io/component=controller");
    const status = await processStatus(cluster, pod?.spec.nodeName ?? "", "fairlead-controller[.]mjs");
    for (const set of ["CapPrm", "CapEff", "CapBnd"]) expect(status.get(set), set).to.equal("0000000000000000");
    expect(status.get("Uid")?.split("\t")[0]).to.equal("65532");
  });

  it("serves a Service of the samples to the client on the LAN", async function () {
    this.timeout(120_000);
    await site.serveWeb({ n1: 1, n2: 1 });
    await cluster.kubectl("apply", "-f", `${ROOT}config/samples/service.yaml`);
    const [address = ""] = await site.expose("web");
    expect(await site.answers(address)).to.equal(true);
    await site.clear();
  });

  it("has the image that was built, and no other", async () => {
    const pods = await site.pods("fairlead-system", "app.kubernetes.io/name=fairlead");
    const images = pods.flatMap(
      (pod) => (pod as unknown as { spec: { containers: { image: string }[] } }).spec.containers,
    );
    expect(new Set(images.map(({ image }) => image.replace("docker.io/library/", "")))).to.deep.equal(new Set([IMAGE]));
  });

  it("answers its probes: no container has been started again", async () => {
    const pods = await site.pods("fairlead-system", "app.kubernetes.io/name=fairlead");
    const restarts = pods
      .flatMap(({ status }) => status.containerStatuses ?? [])
      .map(({ restartCount }) => restartCount);
    expect(restarts).to.deep.equal(restarts.map(() => 0));
  });

  it("another controller leads when the leader's node is lost", async function () {
    this.timeout(240_000);
    const lease = "/apis/coordination.k8s.io/v1/namespaces/fairlead-system/leases/fairlead-controller";
    const holder = async () =>
      ((await cluster.controlPlane.api.get(lease)) as { spec: { holderIdentity: string } }).spec.holderIdentity;
    const leader = await holder();
    const pods = await site.pods("fairlead-system", "app.kubernetes.io/component=controller");
    const node = pods.find(({ metadata }) => leader.includes(metadata.name))?.spec.nodeName;
    if (node === undefined) throw new Error(`Cannot find the leader's pod: ${leader} holds the Lease`);
    await site.serveWeb({ n1: 1, n2: 1, n3: 1 });
    await cluster.powerOff(node);
    // The Lease lasts 8 s: then the other one gives addresses.
    const [address = ""] = await site.expose("after-the-loss");
    expect(await holder()).to.not.equal(leader);
    expect(await site.answers(address)).to.equal(true);
    await cluster.powerOn(node);
    await site.isReady();
    await site.clear();
  });
});
