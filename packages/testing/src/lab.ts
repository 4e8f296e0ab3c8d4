import {
  addClient,
  addControl,
  addNode,
  addRemoteManagement,
  addRouter,
  createHost,
  type LabHost,
  type LabNode,
  type LabPod,
} from "./lab-hosts.ts";
import { podAddress } from "./lab-plan.ts";
import { addAddress, type LinkFailure, Switch } from "./lab-switch.ts";
import type { Namespace } from "./netns.ts";

/** What to lay out beside the LAN. */
export interface LabOptions {
  /** Number of nodes, 1 to 9; 3 unless told. */
  readonly nodes?: number;
  /**
   * A second network, 10.0.0.0/24, between the nodes, the namespace `control` and this process, so that the way to the
   * API server and the way of the traffic can fail separately. Absent unless told.
   */
  readonly management?: boolean;
}

/** Which of a node's links. */
export type LabNetwork = "lan" | "management";

const FIRST_POD = 10;

/**
 * Nodes, a client and a router on one LAN, and a remote client behind the router, each a network namespace. Make one
 * only inside `hack/sandbox`, and only one at a time: the names of the namespaces are fixed.
 */
export class Lab {
  readonly nodes: readonly LabNode[];
  readonly client: LabHost;
  readonly router: LabHost;
  readonly remote: LabHost;
  /** Where the API server lives; only with a management network. */
  readonly control: Namespace | undefined;
  readonly #switch: Switch;
  readonly #pods = new Map<string, LabPod>();
  #podCount = 0;

  private constructor(parts: Pick<Lab, "nodes" | "client" | "router" | "remote" | "control">, network: Switch) {
    this.nodes = parts.nodes;
    this.client = parts.client;
    this.router = parts.router;
    this.remote = parts.remote;
    this.control = parts.control;
    this.#switch = network;
  }

  /** Lays everything out; it can be used at once. */
  static async create({ nodes = 3, management = false }: LabOptions = {}): Promise<Lab> {
    const network = await Switch.create(management ? ["lan", "management"] : ["lan"]);
    const numbers = Array.from({ length: nodes }, (_, index) => index + 1);
    const parts = {
      ...(await addRouter(network)),
      client: await addClient(network),
      nodes: await Promise.all(numbers.map((number) => addNode(network, number, numbers, management))),
      control: management ? await addControl(network) : undefined,
    };
    return new Lab(parts, network);
  }

  /** The pods, in the order in which they were added. */
  get pods(): readonly LabPod[] {
    return [...this.#pods.values()];
  }

  /** The node called `name` ("n1"). @throws Error when there is none. */
  node(name: string): LabNode {
    const node = this.nodes.find((candidate) => candidate.name === name);
    if (node === undefined)
      throw new Error(`Cannot find node "${name}": the laboratory has ${this.nodes.map((n) => n.name)}`);
    return node;
  }

  /** Adds a pod: a namespace `pod-NAME` with eth0 and a default route through its node. `labels` are app=NAME unless told. */
  async addPod(
    nodeName: string,
    name: string,
    labels: Readonly<Record<string, string>> = { app: name },
  ): Promise<LabPod> {
    const node = this.node(nodeName);
    const index = this.#podCount++;
    const address = podAddress(node.number, FIRST_POD + index);
    const gateway = podAddress(node.number, 1);
    const namespace = await createHost(`pod-${name}`);
    const link = `pod${index}`;
    await namespace.ip(`link add eth0 type veth peer name ${link} netns ${node.namespace.name}`);
    await node.namespace.ip(
      `link set ${link} up`,
      addAddress(`${gateway.ipv4}/32`, link),
      addAddress(`${gateway.ipv6}/128`, link),
      `route add ${address.ipv4}/32 dev ${link}`,
      `route add ${address.ipv6}/128 dev ${link}`,
    );
    await namespace.ip(
      "link set eth0 up",
      addAddress(`${address.ipv4}/32`, "eth0"),
      addAddress(`${address.ipv6}/128`, "eth0"),
      `route add ${gateway.ipv4} dev eth0 scope link`,
      `route add default via ${gateway.ipv4}`,
      `route add ${gateway.ipv6} dev eth0`,
      `route add default via ${gateway.ipv6} dev eth0`,
    );
    const pod: LabPod = { name, namespace, address, node, labels };
    this.#pods.set(name, pod);
    return pod;
  }

  /** Takes a pod's network away. Its processes are the caller's. */
  async removePod(name: string): Promise<void> {
    const pod = this.#pods.get(name);
    if (pod === undefined) return;
    this.#pods.delete(name);
    await pod.namespace.ip("link delete eth0");
    await pod.namespace.delete();
  }

  /** Makes one link of a node fail. */
  async cutLink(node: string, network: LabNetwork = "lan", how: LinkFailure = "unplugged"): Promise<void> {
    await this.#switch.cut(portOf(this.node(node), network), how);
  }

  /** Repairs a link that {@link cutLink} made fail. */
  async restoreLink(node: string, network: LabNetwork = "lan"): Promise<void> {
    await this.#switch.restore(portOf(this.node(node), network));
  }

  /** Plugs the remote client into the management network too, so that programs in it reach the API server. */
  async connectRemote(): Promise<void> {
    await addRemoteManagement(this.#switch, this.remote);
  }

  /** Has the switch drop frames of an EtherType from now on; undefined for none. */
  async dropEtherType(etherType: number | undefined): Promise<void> {
    await this.#switch.drop(etherType);
  }

  /** Deletes a node's namespace with its links, as when its machine is gone. End the processes in it first. */
  async loseNode(name: string): Promise<void> {
    await this.node(name).namespace.delete();
  }

  /** Lays out anew a node that {@link loseNode} took away, as it was at first: without pods. */
  async replaceNode(name: string): Promise<void> {
    const numbers = this.nodes.map(({ number }) => number);
    await addNode(this.#switch, this.node(name).number, numbers, this.control !== undefined);
  }

  /** Removes all namespaces. End the processes in them first: a namespace lives as long as they do. */
  async close(): Promise<void> {
    const hosts = [...this.#pods.values(), ...this.nodes, this.client, this.router, this.remote];
    await Promise.all(hosts.map((host) => host.namespace.delete()));
    await this.control?.delete(); // its link here goes with the switch
    await this.#switch.delete();
  }
}

function portOf(node: LabNode, network: LabNetwork): string {
  return network === "lan" ? node.lanPort : node.managementPort;
}
