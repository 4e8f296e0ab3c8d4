import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Lab, type LabNode, type LabPod, startWorkload } from "@fairlead/testing";
import { parse, stringify } from "yaml";
import { Processes } from "./processes.ts";
import type { Site } from "./site.ts";

const FOLDER = "/run/fairlead-demo";
const STORE = ["--store", `dir:${FOLDER}`] as const;

/** The demo on a folder of manifests: the nodes and endpoints that Kubernetes would have are written into it. */
export async function folderSite(): Promise<Site> {
  const lab = await Lab.create();
  const processes = new Processes();
  mkdirSync(`${FOLDER}/cluster`, { recursive: true });
  const put = (name: string, object: object) => writeFileSync(`${FOLDER}/cluster/${name}.yaml`, stringify(object));
  for (const node of lab.nodes) put(`node-${node.name}`, nodeManifest(node));
  const pods = [await lab.addPod("n1", "web-1", { app: "web" }), await lab.addPod("n2", "web-2", { app: "web" })];
  await Promise.all(pods.map((pod) => startWorkload(pod.namespace, pod.name)));
  put("endpointslice-web", sliceManifest(pods));
  return {
    lab,
    storeName: `a folder of manifests (${FOLDER})`,
    async start() {
      processes.startController(lab.router.namespace, STORE);
      for (const node of lab.nodes) processes.startSpeaker(node, STORE);
    },
    async apply(sample) {
      copyFileSync(new URL(`../../config/samples/${sample}.yaml`, import.meta.url), `${FOLDER}/${sample}.yaml`);
    },
    address,
    async show() {
      const allocation = await read(`ipallocations/${await address()}.yaml`);
      return `${await read("status/services/default/web.yaml")}---\n${allocation}`.trimEnd();
    },
    async kill(node) {
      await processes.killSpeaker(node);
      await lab.cutLink(node.name);
      put("endpointslice-web", sliceManifest(pods, node));
    },
    logs: () => processes.logs(),
    hints: [`ls -R ${FOLDER}`, `cat ${FOLDER}/status/speakerstatuses/*.yaml`],
    async close() {
      await processes.close();
      await lab.close();
    },
  };
}

function address(): Promise<string | undefined> {
  return read("status/services/default/web.yaml").then(ingressOf, () => undefined);
}

function read(name: string): Promise<string> {
  return readFile(`${FOLDER}/${name}`, "utf8");
}

function ingressOf(text: string): string | undefined {
  const service = parse(text) as { status?: { loadBalancer?: { ingress?: { ip: string }[] } } };
  return service.status?.loadBalancer?.ingress?.[0]?.ip;
}

function nodeManifest({ name, address, number }: LabNode): object {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    spec: { podCIDRs: [`10.244.${number}.0/24`] },
    status: {
      addresses: [{ type: "InternalIP", address: address.ipv4 }],
      conditions: [{ type: "Ready", status: "True" }],
    },
  };
}

function sliceManifest(pods: readonly LabPod[], dead?: LabNode): object {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "web-1", namespace: "default", labels: { "kubernetes.io/service-name": "web" } },
    addressType: "IPv4",
    ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    endpoints: pods.map((pod) => ({
      addresses: [pod.address.ipv4],
      nodeName: pod.node.name,
      conditions: { ready: pod.node.name !== dead?.name },
    })),
  };
}
