import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { builtPrograms } from "./built-programs.ts";
import { ControlPlane } from "./control-plane.ts";
import type { ProxyMode } from "./control-plane-flags.ts";
import type { Daemon } from "./daemon.ts";
import { KubeletNode } from "./kubelet-node.ts";
import { Lab } from "./lab.ts";
import type { LabNode } from "./lab-hosts.ts";
import { LAB, podNetworks } from "./lab-plan.ts";
import { COREDNS_IMAGE, podImages } from "./pod-images.ts";
import { leadToApi, routeToPods } from "./pod-routes.ts";
import { until } from "./until.ts";

/** How a cluster with kubelets is made. */
export interface KubeletClusterOptions {
  /** Number of nodes, 1 to 9; 3 unless told. */
  readonly nodes?: number;
  /**
   * What forwards cluster addresses: a kube-proxy on each node in one of its modes ("nftables" unless told), or "none":
   * then one rule on each node leads to the API server, and nothing else has a cluster address that works.
   */
  readonly kubeProxy?: ProxyMode | "none";
  /** Whether nodes have InternalIPs of both families; they have unless told. Pods and Services may have both anyway. */
  readonly dualStack?: boolean;
  /** Whether CoreDNS runs; it does unless told. */
  readonly dns?: boolean;
  /** Docker archives of images to import on each node, beside the pods' own. */
  readonly images?: readonly string[];
  /** Told of what has been done, for people who wait. */
  readonly onProgress?: (text: string) => void;
}

const COREDNS = fileURLToPath(new URL("coredns.yaml", import.meta.url));

/**
 * A real cluster on one machine: the laboratory's network, a whole control plane, and nodes with containerd and kubelets.
 * Make one only inside `hack/sandbox` as root, and only one at a time: the names of namespaces and control groups are fixed.
 */
export class KubeletCluster {
  readonly lab: Lab;
  readonly controlPlane: ControlPlane;
  readonly #nodes: ReadonlyMap<string, KubeletNode>;
  readonly #directory: string;
  readonly #kubeProxy: ProxyMode | "none";
  readonly #proxies = new Map<string, Daemon>();

  private constructor(
    lab: Lab,
    controlPlane: ControlPlane,
    nodes: ReadonlyMap<string, KubeletNode>,
    directory: string,
    kubeProxy: ProxyMode | "none",
  ) {
    this.lab = lab;
    this.controlPlane = controlPlane;
    this.#nodes = nodes;
    this.#directory = directory;
    this.#kubeProxy = kubeProxy;
  }

  /** Makes it, and waits until every node is Ready and, if it runs, CoreDNS answers. */
  static async create(options: KubeletClusterOptions = {}): Promise<KubeletCluster> {
    const { nodes: count = 3, kubeProxy = "nftables", dualStack = true, dns = true, images = [] } = options;
    const say = options.onProgress ?? (() => {});
    const directory = await mkdtemp(join(tmpdir(), "fairlead-cluster-"));
    const lab = await Lab.create({ nodes: count, management: true });
    if (lab.control === undefined)
      throw new Error("Cannot make a cluster: the laboratory must have a management network");
    await routeToPods(lab);
    say(`network laid out: ${count} nodes, a client on their LAN, a client behind a router`);
    const names = lab.nodes.map(({ name }) => name);
    const controlPlane = await ControlPlane.start({ namespace: lab.control, address: LAB.control, kubelets: names });
    say("control plane ready");
    const kubelet = join(await builtPrograms("nodes"), "kubelet");
    const all = [...(await podImages(directory, dns)), ...images];
    const logs = process.env.FAIRLEAD_LOGS ?? directory;
    const nodes = lab.nodes.map((node) => {
      const kubeconfig = controlPlane.kubeletKubeconfig(node.name);
      const own = join(directory, node.name);
      return [
        node.name,
        new KubeletNode({ node, directory: own, logs, kubeconfig, kubelet, images: all, dualStack }),
      ] as const;
    });
    const cluster = new KubeletCluster(lab, controlPlane, new Map(nodes), directory, kubeProxy);
    try {
      await Promise.all(lab.nodes.map(({ name }) => cluster.#switchOn(name)));
      say(`${count} nodes Ready`);
      if (dns) await cluster.#startDns();
      if (dns) say("CoreDNS ready");
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  /** The node called `name` ("n1"). @throws Error when there is none. */
  node(name: string): KubeletNode {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`Cannot find node "${name}": the cluster has ${[...this.#nodes.keys()]}`);
    return node;
  }

  /** Runs kubectl as admin, and returns what it printed on stdout. @throws Error with its stderr. */
  kubectl(...args: string[]): Promise<string> {
    return this.controlPlane.kubectl(...args);
  }

  /** The power of a node goes: all its processes end at once, its links, nftables tables and routes with them. */
  async powerOff(name: string): Promise<void> {
    await this.lab.cutLink(name);
    await this.lab.cutLink(name, "management");
    await this.#proxies.get(name)?.stop("SIGKILL");
    this.#proxies.delete(name);
    await this.node(name).kill();
    // The kernel takes its time with a namespace, and the links' names are needed again.
    await this.lab.node(name).namespace.ip("link delete eth0", "link delete eth1");
    await this.lab.loseNode(name);
  }

  /** Switches on a node that {@link powerOff} switched off: the same disk, all else new. Resolves when it is Ready. */
  async powerOn(name: string): Promise<void> {
    await this.lab.replaceNode(name);
    await this.#switchOn(name);
  }

  /** Ends everything that the cluster started, and removes what it wrote. */
  async close(): Promise<void> {
    await Promise.all([...this.#nodes.values()].map((node) => node.kill()));
    await this.controlPlane.close();
    await this.lab.close();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #switchOn(name: string): Promise<void> {
    const { node } = this.node(name);
    if (this.#kubeProxy === "none") await node.namespace.nft(leadToApi());
    await this.node(name).start();
    const patience = { withinMillis: 60_000, everyMillis: 100 };
    await until(`node ${name} has registered`, () => this.#isRegistered(node), patience).catch(async (cause) => {
      throw new Error(`${cause.message}; its kubelet says:\n${await this.node(name).kubeletSays()}`, { cause });
    });
    if (this.#kubeProxy !== "none") this.#proxies.set(name, this.controlPlane.startKubeProxy(node, this.#kubeProxy));
    await this.kubectl("wait", "--for=condition=Ready", `node/${name}`, "--timeout=120s");
  }

  // The laboratory has a fixed network for the pods of each node.
  async #isRegistered({ name, number }: LabNode): Promise<boolean> {
    const { ipv4, ipv6 } = podNetworks(number);
    await this.controlPlane.api.patch(`/api/v1/nodes/${name}`, "merge", {
      spec: { podCIDR: ipv4, podCIDRs: [ipv4, ipv6] },
    });
    return true;
  }

  async #startDns(): Promise<void> {
    const manifest = (await readFile(COREDNS, "utf8")).replaceAll("COREDNS_IMAGE", COREDNS_IMAGE);
    const path = join(this.#directory, "coredns.yaml");
    await writeFile(path, manifest);
    await this.kubectl("apply", "-f", path);
    await this.kubectl("-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=120s");
  }
}
