// A real cluster on this machine: three kubelets, the project's image, a Service that answers. Run by `make cluster`.
import { KubeletCluster, type KubeletClusterOptions, until } from "@fairlead/testing";
import { indent, say } from "../demo/narration.ts";
import { install, root, serveSamples } from "./installation.ts";

/** Runs what the README says, and shows what an operator sees. */
async function show(cluster: KubeletCluster): Promise<void> {
  say("Installing Fairlead: kubectl apply --server-side -k config");
  await install(cluster);
  say("Applying config/samples/pool.yaml, config/samples/service.yaml, and a web server with three pods.");
  const address = await serveSamples(cluster);
  const curl = ["curl", "--silent", "--show-error", "--max-time", "2", `http://${address}/`] as const;
  for (const { name, namespace } of [cluster.lab.client, cluster.lab.remote]) {
    const asked = () => namespace.run(...curl).then(({ stdout }) => stdout.trim());
    const answer = await until(`${name} has an answer`, asked, { withinMillis: 60_000, everyMillis: 200 });
    console.log(indent(`curl http://${address}/ from ${name}: ${answer}`));
  }
  console.log(indent(await cluster.kubectl("get", "nodes,pods,services", "-A", "-o", "wide")));
  console.log(indent(await cluster.kubectl("describe", "service", "web")));
}

async function keep({ lab, controlPlane }: KubeletCluster): Promise<void> {
  const enter = `nsenter -t ${process.env.FAIRLEAD_SANDBOX} -n -m --`;
  const at = (name: string) => `${enter} nsenter --net=/run/netns/${name}`;
  say("Left running (KEEP=1). From another terminal, as root:");
  const hints = [
    `alias kubectl='${enter} ${controlPlane.kubectlPath} --kubeconfig ${controlPlane.adminKubeconfig}'`,
    `${at(lab.client.namespace.name)} curl http://ADDRESS/        # the client on the LAN`,
    `${at(lab.remote.namespace.name)} curl http://ADDRESS/        # the client behind the router`,
    `${at("n1")} nft list ruleset        # node n1; n2 and n3 likewise`,
  ];
  for (const hint of hints) console.log(indent(hint));
  say("Ctrl-C ends it and removes everything.");
  await new Promise((resolve) => {
    const alive = setInterval(() => {}, 2 ** 30);
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        clearInterval(alive);
        resolve(undefined);
      });
    }
  });
}

/** What the environment asks for. */
function options(): KubeletClusterOptions {
  const { PROXY = "nftables", FAMILIES = "dual" } = process.env;
  if (PROXY !== "nftables" && PROXY !== "iptables" && PROXY !== "none")
    throw new Error(`Cannot start: PROXY must be nftables, iptables or none, got: ${PROXY}`);
  if (FAMILIES !== "ipv4" && FAMILIES !== "dual")
    throw new Error(`Cannot start: FAMILIES must be ipv4 or dual, got: ${FAMILIES}`);
  return { kubeProxy: PROXY, dualStack: FAMILIES === "dual", dns: PROXY !== "none" };
}

let cluster: KubeletCluster | undefined;
try {
  cluster = await KubeletCluster.create({
    ...options(),
    images: [root("dist/fairlead-image.tar")],
    onProgress: say,
  });
  await show(cluster);
  if (process.env.KEEP === "1") await keep(cluster);
} catch (error) {
  console.error(`\ncluster: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await cluster?.close();
}
say("Removed.");
console.log(`\ncluster: ${process.exitCode === 1 ? "FAILED" : "OK"}`);
process.exit();
