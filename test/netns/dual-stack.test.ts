import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RawObject } from "@fairlead/kube";
import { pool, service } from "@fairlead/kube/testing";
import {
  askHttp,
  Daemon,
  httpUrl,
  Lab,
  type LabNode,
  type LabPod,
  labNodeManifest,
  type Namespace,
  newLog,
  startWorkload,
  until,
} from "@fairlead/testing";
import { expect } from "chai";
import { parse, stringify } from "yaml";
import { ping } from "./forwarding-clients.ts";
import { answeringNeighbors, askNeighbor } from "./responder-bench.ts";

const VIP = { ipv4: "192.168.50.200", ipv6: "fd50::200" };
/** As /proc/net/anycast6 has it. */
const VIP_IN_PROC = "fd500000000000000000000000000200";
const NODE_PROGRAM = 30080;
const PATIENCE = { withinMillis: 20_000 };

function program(name: string): string {
  return fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));
}

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

describe("the speakers on dual-stack nodes", () => {
  let lab: Lab;
  let folder: string;
  const daemons: Daemon[] = [];
  const speakers = new Map<string, Daemon>();

  before(async () => {
    lab = await Lab.create();
    const pods = await Promise.all([lab.addPod("n1", "a"), lab.addPod("n2", "b"), lab.addPod("n3", "c")]);
    daemons.push(...(await Promise.all(pods.map((pod) => startWorkload(pod.namespace, pod.name)))));
    daemons.push(...(await Promise.all(lab.nodes.map((n) => startWorkload(n.namespace, n.name, NODE_PROGRAM)))));
    folder = await mkdtemp(join(tmpdir(), "fairlead-dual-stack-"));
    await mkdir(join(folder, "cluster"));
    const dual = { ipFamilies: ["IPv4", "IPv6"], ipFamilyPolicy: "RequireDualStack" };
    const objects = [
      ...lab.nodes.map(labNodeManifest),
      ...(["ipv4", "ipv6"] as const).map((family) => sliceManifest(family, pods)),
      pool("lan", { addresses: ["192.168.50.200-192.168.50.210", "fd50::200-fd50::210"] }),
      service("web", dual),
    ];
    await writeFile(join(folder, "cluster", "all.yaml"), objects.map((object) => stringify(object)).join("---\n"));
    daemons.push(start("fairlead-controller", lab.router.namespace, "fairlead-controller"));
    for (const node of lab.nodes) startSpeaker(node);
    await until("every address has an owner", async () => (await owner()) !== undefined, PATIENCE);
  });
  after(async () => {
    await Promise.all([...speakers.values(), ...daemons].map((daemon) => daemon.stop("SIGKILL")));
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const node of lab.nodes) {
      speakers.get(node.name)?.signal("SIGCONT");
      if (!speakers.get(node.name)?.running) startSpeaker(node);
    }
    await until(
      "all speakers have heard each other",
      async () => {
        // A speaker that was started anew finds the status of the one before it.
        const heard = lab.nodes.map((node) => speaker(node).output().split("speaker heard").length - 1);
        const statuses = await Promise.all(lab.nodes.map(({ name }) => speakerStatus(name)));
        const all = lab.nodes.length - 1;
        return (
          heard.every((n) => n >= all) && statuses.every(({ layer2 }) => layer2?.links?.[0]?.neighbors?.length === all)
        );
      },
      PATIENCE,
    );
  });

  function start(name: string, namespace: Namespace, command: string, ...args: string[]): Daemon {
    const all = ["--store", `dir:${folder}`, "--metrics-port", "0", ...args];
    return Daemon.start({ name, namespace, command: program(command), args: all, log: newLog(name) });
  }

  function startSpeaker({ name, namespace }: LabNode): void {
    speakers.set(name, start(`speaker-${name}`, namespace, "fairlead-speaker", "--node-name", name));
  }

  const speaker = ({ name }: LabNode) => speakers.get(name) ?? expect.fail(`no speaker on ${name}`);

  async function speakerStatus(name: string): Promise<SpeakerStatus> {
    const text = await readFile(join(folder, "status", "speakerstatuses", `${name}.yaml`), "utf8");
    return (parse(text) as { status?: SpeakerStatus }).status ?? {};
  }

  /** The node that answers for the IPv6 address now. */
  async function owner(): Promise<LabNode | undefined> {
    const answer = await askNeighbor(lab.client.namespace, VIP.ipv6);
    return lab.nodes.find(({ mac }) => mac === answer?.mac);
  }

  const anOwner = () => until("the address has an owner", owner, PATIENCE);

  /** The node that the client's kernel sends to, without asking. */
  async function believed(): Promise<string | undefined> {
    const { stdout } = await lab.client.namespace.run("ip", "-6", "neighbour", "show", VIP.ipv6);
    return lab.nodes.find(({ mac }) => stdout.includes(mac))?.name;
  }

  /** Whether the node's kernel has the address; it may be kept from answering. */
  async function holds({ namespace }: LabNode): Promise<boolean> {
    return (await namespace.run("cat", "/proc/net/anycast6")).stdout.includes(VIP_IN_PROC);
  }

  const answered = (family: keyof typeof VIP) =>
    until("the client has an answer", () => askHttp(lab.client.namespace, httpUrl(VIP[family]), 500), PATIENCE);

  it("serve both addresses of a Service, from the LAN and behind the router", async () => {
    for (const family of ["ipv4", "ipv6"] as const) {
      for (const { name, namespace } of [lab.client, lab.remote]) {
        await until(
          `${name} has an answer over ${family}`,
          () => askHttp(namespace, httpUrl(VIP[family]), 500),
          PATIENCE,
        );
      }
    }
    await ping(lab.client.namespace, VIP.ipv6);
  });

  it("refuse what is no port of the Service, though the kernel has the address and a program of the node listens", async () => {
    const { address } = await anOwner();
    expect((await askHttp(lab.client.namespace, httpUrl(address.ipv6, NODE_PROGRAM))).pod).to.match(/^n[123]$/);
    const asked = askHttp(lab.client.namespace, httpUrl(VIP.ipv6, NODE_PROGRAM));
    expect(await asked.then(() => "answered", String)).to.match(/curl: \(7\)/); // connection refused
  });

  for (const signal of ["SIGKILL", "SIGSTOP"] as const) {
    it(`move the address, and the client's cache with it, when its owner gets ${signal}; the old owner is silent`, async () => {
      await answered("ipv6");
      const old = await anOwner();
      expect(await believed()).to.equal(old.name);
      speaker(old).signal(signal);
      // The client asks nobody: it is told.
      const next = await until("the client sends to another node", async () => {
        const node = await believed();
        return node !== old.name && node;
      });
      expect((await answered("ipv6")).pod).to.match(/^[abc]$/);
      expect(await answeringNeighbors(lab.client.namespace, VIP.ipv6)).to.deep.equal([lab.node(next).mac]);
      expect(await holds(old)).to.equal(signal === "SIGSTOP");
    });
  }

  it("leave the address where it is when one that was stopped goes on", async () => {
    const old = await anOwner();
    speaker(old).signal("SIGSTOP");
    const next = await until(
      "another node answers",
      async () => {
        const node = await owner();
        return node !== undefined && node.name !== old.name && node;
      },
      PATIENCE,
    );
    speaker(old).signal("SIGCONT");
    await until("the old owner has given up", async () => !(await holds(old)), PATIENCE);
    expect((await owner())?.name).to.equal(next.name);
    expect(await believed()).to.equal(next.name);
  });

  it("leave nothing behind after --cleanup", async () => {
    const node = await anOwner();
    const delay = "/proc/sys/net/ipv6/neigh/eth0/proxy_delay";
    expect((await node.namespace.run("cat", delay)).stdout.trim()).to.equal("0");
    await speaker(node).stop("SIGKILL");
    await node.namespace.run(program("fairlead-speaker"), "--cleanup");
    expect((await node.namespace.run("nft", "list", "tables")).stdout).to.equal("");
    expect((await node.namespace.run("cat", delay)).stdout.trim()).to.equal("80");
    expect(await holds(node)).to.equal(false);
  });
});

/** What the tests read of a SpeakerStatus. */
interface SpeakerStatus {
  readonly layer2?: { readonly links?: readonly { readonly neighbors?: readonly string[] }[] };
}
