import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pool, service } from "@fairlead/kube/testing";
import { BROADCAST_MAC } from "@fairlead/net";
import { Daemon, Lab, type Namespace, newLog, until } from "@fairlead/testing";
import { expect } from "chai";
import { stringify } from "yaml";
import { arping } from "./responder-bench.ts";

/** The kernel's work grows with the square: this many hold up everybody for some seconds. */
const ELEMENTS = 14_000;
const PORT = 7473;
const VIP = "192.168.50.200";
const PATIENCE = { withinMillis: 20_000 };

function start(name: string, namespace: Namespace, folder: string, ...args: string[]): Daemon {
  const command = fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));
  return Daemon.start({ name, namespace, command, args: ["--store", `dir:${folder}`, ...args], log: newLog(name) });
}

function largeTable(): string {
  const ranges = Array.from({ length: ELEMENTS }, (_, i) => `10.${i >> 8}.${i & 255}.0-10.${i >> 8}.${i & 255}.127`);
  const elements = ranges.map((range) => `192.0.2.1 . tcp . 80 . ${range}`).join(", ");
  const type = "ipv4_addr . inet_proto . inet_service . ipv4_addr";
  return `table inet other {\n  set s { type ${type}; flags interval; elements = { ${elements} } }\n}\n`;
}

describe("a speaker on a node where somebody else changes a large nftables table", () => {
  let lab: Lab;
  let folder: string;
  const daemons: Daemon[] = [];

  before(async () => {
    lab = await Lab.create({ nodes: 1, management: true });
    folder = await mkdtemp(join(tmpdir(), "fairlead-foreign-"));
    const node = { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } };
    const ready = { status: { conditions: [{ type: "Ready", status: "True" }] } };
    const slice = {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: "web", namespace: "default", labels: { "kubernetes.io/service-name": "web" } },
      addressType: "IPv4",
      ports: [{ name: "http", port: 8080, protocol: "TCP" }],
      endpoints: [{ addresses: ["10.244.1.2"], nodeName: "n1", conditions: { ready: true } }],
    };
    const lan = pool("lan", { addresses: [`${VIP}/32`] });
    const objects = [{ ...node, ...ready }, slice, lan, service("web", { clusterIPs: ["10.96.0.1"] })];
    await writeFile(join(folder, "all.yaml"), objects.map((object) => stringify(object)).join("---\n"));
    const [n1] = lab.nodes;
    daemons.push(start("fairlead-controller", lab.router.namespace, folder, "--metrics-port", "0"));
    if (n1) daemons.push(start("fairlead-speaker", n1.namespace, folder, "--node-name", "n1"));
  });
  after(async () => {
    await Promise.all(daemons.map((daemon) => daemon.stop("SIGKILL")));
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("answers all the while, is never stopped by that, and its health port answers too", async () => {
    const [n1] = lab.nodes;
    const [, speaker] = daemons;
    if (n1 === undefined || speaker === undefined) return expect.fail("no speaker");
    await until("it answers for the address", () => speaker.output().includes("address announced"), PATIENCE);
    const health = async () => (await fetch(`http://${n1.management}:${PORT}/healthz`)).status;
    const isAnswered = async () => (await arping(lab.client.namespace, VIP, BROADCAST_MAC)) === n1.mac;
    let running = true;
    const began = performance.now();
    const loading = n1.namespace.nft(largeTable()).finally(() => {
      running = false;
    });
    const seen = new Set<string>();
    while (running) seen.add(`health ${await health()}, answered ${await isAnswered()}`);
    await loading;
    console.log(`      somebody's transaction took ${Math.round(performance.now() - began)} ms`);
    expect([...seen]).to.deep.equal(["health 200, answered true"]);
    expect(speaker.output()).not.to.contain("the speaker was stopped");
  });
});
