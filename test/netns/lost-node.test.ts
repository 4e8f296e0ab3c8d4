import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RawObject } from "@fairlead/kube";
import { pool, service } from "@fairlead/kube/testing";
import {
  Daemon,
  httpUrl,
  Lab,
  type LabNode,
  type LabPod,
  labNodeManifest,
  monotonicMillis,
  type Namespace,
  newLog,
  type Probe,
  type ProbeResult,
  startProbe,
  startWorkload,
  until,
} from "@fairlead/testing";
import { expect } from "chai";
import { parse, stringify } from "yaml";

const VIPS = ["192.168.50.200", "fd50::200"] as const;
const PATIENCE = { withinMillis: 20_000 };
/** 50 new connections a second. */
const LOAD = { everyMillis: 20, timeoutMillis: 1_000 };
/** New connections may fail for so long after a loss, in milliseconds. */
const SETTLED = 1_500;
/** How many connections of each probe are looked at after that. */
const CONNECTIONS = 200;

/** All ready, and so they stay: nobody tells that a node is lost. */
function sliceManifest(family: "ipv4" | "ipv6", pods: readonly LabPod[]): RawObject {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: `web-${family}`, namespace: "default", labels: { "kubernetes.io/service-name": "web" } },
    addressType: family === "ipv4" ? "IPv4" : "IPv6",
    ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    endpoints: pods.map(({ address, node }) => {
      return { addresses: [address[family]], nodeName: node.name, conditions: { ready: true } };
    }),
  };
}

describe("a node that is lost, on real kernels", () => {
  let lab: Lab;
  let folder: string;
  const daemons: Daemon[] = [];
  const speakers = new Map<string, Daemon>();
  const probes: Probe[] = [];

  before(async () => {
    lab = await Lab.create();
    const pods = await Promise.all(lab.nodes.map(({ name }) => lab.addPod(name, `on-${name}`)));
    daemons.push(...(await Promise.all(pods.map((pod) => startWorkload(pod.namespace, pod.name)))));
    folder = await mkdtemp(join(tmpdir(), "fairlead-lost-node-"));
    await mkdir(join(folder, "cluster"));
    const objects = [
      ...lab.nodes.map(labNodeManifest),
      ...(["ipv4", "ipv6"] as const).map((family) => sliceManifest(family, pods)),
      pool("lan", { addresses: VIPS.map((vip) => `${vip}-${vip}`) }),
      service("web", { ipFamilies: ["IPv4", "IPv6"], ipFamilyPolicy: "RequireDualStack" }),
    ];
    await writeFile(join(folder, "cluster", "all.yaml"), objects.map((object) => stringify(object)).join("---\n"));
    daemons.push(start("controller", lab.router.namespace, "fairlead-controller"));
    for (const node of lab.nodes) startSpeaker(node);
  });
  after(async () => {
    await Promise.all([...speakers.values(), ...daemons].map((daemon) => daemon.stop("SIGKILL")));
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await until("all speakers hear each other, and the addresses have owners", allWell, PATIENCE);
    probes.push(...VIPS.map((vip) => startProbe(lab.client.namespace, httpUrl(vip), LOAD)));
    await until("all pods have answered", () => probes.every((probe) => podsIn(probe.results()).size === 3), PATIENCE);
  });
  afterEach(async () => {
    await Promise.all(probes.splice(0).map((probe) => probe.stop()));
    for (const node of lab.nodes) {
      await lab.restoreLink(node.name);
      if (!speakers.get(node.name)?.running) startSpeaker(node);
    }
  });

  function start(name: string, namespace: Namespace, command: string, ...args: string[]): Daemon {
    const all = ["--store", `dir:${folder}`, "--metrics-port", "0", ...args];
    const program = fileURLToPath(new URL(`../../bin/${command}`, import.meta.url));
    return Daemon.start({ name, namespace, command: program, args: all, log: newLog(name) });
  }

  function startSpeaker({ name, namespace }: LabNode): void {
    speakers.set(name, start(`speaker-${name}`, namespace, "fairlead-speaker", "--node-name", name));
  }

  async function status(name: string): Promise<SpeakerStatus> {
    const text = await readFile(join(folder, "status", "speakerstatuses", `${name}.yaml`), "utf8");
    return (parse(text) as { status?: SpeakerStatus }).status ?? {};
  }

  async function owner(): Promise<LabNode | undefined> {
    const owned = await Promise.all(lab.nodes.map(async ({ name }) => (await status(name)).layer2?.owned ?? 0));
    return lab.nodes[owned.indexOf(Math.max(...owned))];
  }

  async function allWell(): Promise<boolean> {
    const statuses = await Promise.all(lab.nodes.map(({ name }) => status(name)));
    const heard = statuses.every(
      ({ layer2, nodes }) => layer2?.links?.[0]?.neighbors?.length === 2 && nodes?.length === 0,
    );
    return heard && statuses.reduce((sum, { layer2 }) => sum + (layer2?.owned ?? 0), 0) === VIPS.length;
  }

  /** What became of the connections that were begun once all should be well again. */
  async function settledSince(at: number): Promise<ProbeResult[]> {
    const late = () => probes.map((probe) => probe.results().filter(({ startedAt }) => startedAt >= at + SETTLED));
    await until("there are enough", () => late().every(({ length }) => length >= CONNECTIONS), PATIENCE);
    return late().flat();
  }

  it("gets no new connections after 1.5 s, of both families, though Kubernetes says nothing", async () => {
    const lost = (await owner()) ?? expect.fail("the addresses must have an owner");
    await Promise.all([speakers.get(lost.name)?.stop("SIGKILL"), lab.cutLink(lost.name)]);
    const results = await settledSince(monotonicMillis());
    expect(results.filter(({ error }) => error !== undefined)).to.deep.equal([]);
    const others = lab.nodes.filter((node) => node !== lost).map(({ name }) => `on-${name}`);
    expect(podsIn(results)).to.deep.equal(new Set(others));
    const [other] = lab.nodes.filter((node) => node !== lost);
    const nodes = (await status(other?.name ?? "")).nodes?.map(({ name, reason }) => `${name} ${reason}`);
    expect(nodes).to.deep.equal([`${lost.name} NodeLost`]);
  });

  it("is not taken for lost when its speaker alone is killed: it gets connections as before", async () => {
    const killed = (await owner()) ?? expect.fail("the addresses must have an owner");
    await speakers.get(killed.name)?.stop("SIGKILL");
    const results = await settledSince(monotonicMillis());
    expect(results.filter(({ error }) => error !== undefined)).to.deep.equal([]);
    expect(podsIn(results)).to.deep.equal(new Set(lab.nodes.map(({ name }) => `on-${name}`)));
  });
});

function podsIn(results: readonly ProbeResult[]): Set<string> {
  return new Set(results.flatMap(({ pod }) => pod ?? []));
}

interface SpeakerStatus {
  readonly layer2?: { readonly owned?: number; readonly links?: readonly { readonly neighbors?: readonly string[] }[] };
  readonly nodes?: readonly { readonly name: string; readonly reason: string }[];
}
