import { Lab, startWorkload } from "@fairlead/testing";
import { DemoFolder } from "./demo-folder.ts";
import { Processes } from "./processes.ts";
import type { Site } from "./site.ts";

const FOLDER = "/run/fairlead-demo";
const STORE = ["--store", `dir:${FOLDER}`] as const;

/** The demo on a folder of manifests: the nodes and endpoints that Kubernetes would have are written into it. */
export async function folderSite(): Promise<Site> {
  const lab = await Lab.create();
  const processes = new Processes();
  const folder = new DemoFolder(FOLDER);
  for (const node of lab.nodes) folder.addNode(node);
  const pods = [await lab.addPod("n1", "web-1", { app: "web" }), await lab.addPod("n2", "web-2", { app: "web" })];
  await Promise.all(pods.map((pod) => startWorkload(pod.namespace, pod.name)));
  folder.setEndpoints(pods);
  return {
    lab,
    storeName: `a folder of manifests (${FOLDER})`,
    async start() {
      processes.startController(lab.router.namespace, STORE);
      for (const node of lab.nodes) processes.startSpeaker(node, STORE);
    },
    async apply(sample) {
      folder.apply(sample);
    },
    address: () => folder.address(),
    show: () => folder.show(),
    async kill(node) {
      await processes.killSpeaker(node);
      await lab.cutLink(node.name);
    },
    logs: () => processes.logs(),
    hints: [`ls -R ${FOLDER}`, `cat ${FOLDER}/status/speakerstatuses/*.yaml`],
    async close() {
      await processes.close();
      await lab.close();
    },
  };
}
