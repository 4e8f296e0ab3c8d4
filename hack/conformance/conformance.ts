// Kubernetes' own end-to-end suite against Fairlead, on a cluster of real kubelets. Run by `make conformance`.
// QUICK=1 leaves out what takes long or cannot pass. FOCUS: a regular expression of ginkgo, the specs to run in place of all.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { builtPrograms, Daemon, KubeletCluster, until } from "@fairlead/testing";
import { install, isReady, root } from "../cluster/installation.ts";
import { say } from "../demo/narration.ts";
import { quick, RUNS, readReport, type SpecResult, type SuiteRun, table, unexpected } from "./suite.ts";

const REPORTS = root("dist/conformance");

/** Four hours: a run that takes longer hangs. */
const PATIENCE_MILLIS = 4 * 3_600_000;

// From behind the router: the suite takes a client in the subnet of the nodes for a node.
async function runSuite(cluster: KubeletCluster, run: SuiteRun, number: number): Promise<SpecResult[]> {
  const { controlPlane, lab } = cluster;
  const reports = join(REPORTS, `${number}`);
  mkdirSync(reports, { recursive: true });
  const args = [
    `--kubeconfig=${controlPlane.adminKubeconfig}`,
    `--kubectl-path=${controlPlane.kubectlPath}`,
    "--provider=local",
    `--num-nodes=${lab.nodes.length}`,
    `--ginkgo.focus=${run.focus}`,
    ...(run.skip === undefined ? [] : [`--ginkgo.skip=${run.skip}`]),
    "--ginkgo.v",
    "--ginkgo.no-color",
    "--ginkgo.timeout=4h",
    `--report-dir=${reports}`,
  ];
  const command = join(await builtPrograms("suite"), "e2e.test");
  const log = join(reports, "e2e.log");
  writeFileSync(log, "");
  const suite = Daemon.start({ name: "e2e.test", namespace: lab.remote.namespace, command, args, log });
  await until("the suite has ended", () => !suite.running, { withinMillis: PATIENCE_MILLIS, everyMillis: 1_000 });
  return readReport(readFileSync(join(reports, "junit_01.xml"), "utf8"));
}

async function main(): Promise<number> {
  const images = ["dist/fairlead-image.tar", "dist/agnhost-image.tar"].map(root);
  // The suite asks health check ports in the Service's own family alone: nodes have IPv4 addresses.
  const cluster = await KubeletCluster.create({ dualStack: false, images, onProgress: say });
  try {
    await cluster.lab.connectRemote();
    await install(cluster);
    // The suite expects the finalizer that clouds put on their Services: as config/finalizer does.
    const option = [{ op: "add", path: "/spec/template/spec/containers/0/args/-", value: "--finalizer" }];
    const controller = ["-n", "fairlead-system", "patch", "deployment", "fairlead-controller"];
    await cluster.kubectl(...controller, "--type=json", `--patch=${JSON.stringify(option)}`);
    await isReady(cluster);
    await cluster.kubectl("apply", "-f", root("config/samples/pool.yaml"));
    const { QUICK, FOCUS } = process.env;
    const all = FOCUS === undefined ? RUNS : [{ title: FOCUS, focus: FOCUS }];
    const runs = QUICK === "1" ? quick(all) : all;
    const results: SpecResult[] = [];
    for (const [index, run] of runs.entries()) {
      say(`Running ${run.title}: the log is dist/conformance/${index}/e2e.log`);
      const own = await runSuite(cluster, run, index);
      console.log(table(own));
      results.push(...own);
    }
    const failed = unexpected(results);
    const passed = results.filter(({ outcome }) => outcome === "passed").length;
    const others = results.length - passed - failed.length;
    console.log(`\n${passed} passed, ${failed.length} failed, ${others} failed as expected`);
    return results.length > 0 && failed.length === 0 ? 0 : 1;
  } finally {
    await cluster.close();
  }
}

process.exit(await main());
