import { fileURLToPath } from "node:url";
import { Cluster } from "@fairlead/testing";
import { Processes } from "./processes.ts";
import type { Site } from "./site.ts";

/** The demo on a real control plane: kube-apiserver, controller manager and kube-proxy, with Fairlead's own RBAC. */
export async function realSite(): Promise<Site> {
  const cluster = await Cluster.create();
  const { lab, controlPlane } = cluster;
  const kubectl = async (...args: string[]) => (await controlPlane.kubectl(...args)).trimEnd();
  const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const processes = new Processes();
  await kubectl("apply", "--server-side", "-k", file("config"));
  await Promise.all(lab.nodes.map((node) => controlPlane.startKubeProxy(node)));
  await cluster.addPod("n1", "web-1", { labels: { app: "web" } });
  await cluster.addPod("n2", "web-2", { labels: { app: "web" } });
  return {
    lab,
    storeName: "a real kube-apiserver",
    async start() {
      if (lab.control === undefined) throw new Error("Cannot start the controller: the laboratory has no control host");
      const controller = await controlPlane.kubeconfigFor("fairlead-system", "fairlead-controller");
      const speaker = await controlPlane.kubeconfigFor("fairlead-system", "fairlead-speaker");
      processes.startController(lab.control, ["--kubeconfig", controller]);
      for (const node of lab.nodes) processes.startSpeaker(node, ["--kubeconfig", speaker]);
    },
    async apply(sample) {
      await kubectl("apply", "-f", file(`config/samples/${sample}.yaml`));
    },
    async address() {
      const ip = await kubectl("get", "service", "web", "-o", "jsonpath={.status.loadBalancer.ingress[0].ip}");
      return ip === "" ? undefined : ip;
    },
    async show() {
      const views = [
        ["get", "service", "web"],
        ["get", "ipaddresspools"],
        ["get", "ipallocations"],
        ["get", "speakerstatuses"],
        ["get", "events", "--field-selector", "involvedObject.name=web"],
      ];
      const shown: string[] = [];
      for (const view of views) shown.push(`$ kubectl ${view.join(" ")}`, await kubectl(...view));
      return shown.join("\n");
    },
    async kill(node) {
      await processes.killSpeaker(node);
      await lab.cutLink(node.name);
      await lab.cutLink(node.name, "management");
    },
    logs: () => processes.logs(),
    hints: [`${controlPlane.kubectlPath} --kubeconfig ${controlPlane.adminKubeconfig} get svc,ippool,ipalloc,speakers`],
    async close() {
      await processes.close();
      await cluster.close();
    },
  };
}
