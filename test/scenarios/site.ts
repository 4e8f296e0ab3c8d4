import { setImmediate as breath } from "node:timers/promises";
import { Controller } from "@fairlead/controller";
import { DEFAULT_LEASE_TIMING, MemoryCluster, type RawObject, StoreError } from "@fairlead/kube";
import { FaultyStore, ingressOf, pool, service } from "@fairlead/kube/testing";
import { NeighborClient } from "@fairlead/l2/testing";
import { MemoryLan } from "@fairlead/linux/testing";
import type { ClassFilter } from "@fairlead/model";
import type { Clock, Millis } from "@fairlead/runtime";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { SimulatedNode } from "@fairlead/speaker/testing";
import { type EndpointState, endpoints, type NodeOptions, node } from "./manifests.ts";

/** The first address of the pool of every site, and so that of its first Service. */
export const VIP = "192.0.2.200";

/** The first IPv6 address of the pool of a dual-stack site. */
export const VIP6 = "2001:db8::200";

/** What {@link Site.create} takes for a pool of both families. */
export const DUAL_STACK = { addresses: ["192.0.2.200-192.0.2.220", "2001:db8::200-2001:db8::220"] } as const;

/** Time between two requests of the client: a gap is known to that. */
export const ASK_EVERY: Millis = 10;

/** Enough for a change to be decided on, acted upon and told in the statuses. */
const SETTLED: Millis = 2_000;

const CLASSES: ClassFilter = { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true };
const FRAME_DELAY: Millis = 5;

/** What may differ between sites. */
export interface SiteOptions {
  /** The network that the InternalIPs of the nodes are in. */
  readonly internal?: "lan" | "management";
}

/**
 * A controller, three nodes and a client on one LAN, all in this process, on a clock that moves by {@link pass} alone.
 * The pool holds 192.0.2.200 to .220, in the subnet of the LAN, unless told.
 */
export class Site {
  readonly clock = new FakeClock();
  readonly log = new MemoryLog();
  readonly cluster = new MemoryCluster();
  readonly client: NeighborClient;
  readonly nodes: readonly SimulatedNode[];
  /** The network of the nodes and the client. */
  readonly lan = new MemoryLan();
  /** A second network, 10.0.0.0/24, between the nodes alone. */
  readonly management = new MemoryLan();
  readonly #internal: "lan" | "management";
  readonly #stores: FaultyStore[] = [];
  readonly #controller: Controller;

  /** Starts everything and lets it settle. */
  static async create(
    poolSpec: Readonly<Record<string, unknown>> = {},
    { internal = "lan" }: SiteOptions = {},
  ): Promise<Site> {
    const site = new Site(internal);
    site.cluster.apply(pool("lan", { addresses: ["192.0.2.200-192.0.2.220"], ...poolSpec }));
    for (const { name } of site.nodes) site.node(name);
    site.#controller.start();
    for (const simulated of site.nodes) simulated.start();
    await site.settle();
    return site;
  }

  private constructor(internal: "lan" | "management") {
    const { clock } = this;
    this.#internal = internal;
    this.client = new NeighborClient({ ...this.lan.host("client", "192.0.2.100/24", "2001:db8::100/64"), clock });
    this.nodes = ["n1", "n2", "n3"].map((name, index) => {
      const management = this.management.host(name, `10.0.0.${11 + index}/24`);
      const host = this.lan.host(name, `192.0.2.${11 + index}/24`, `2001:db8::${11 + index}/64`);
      const log = this.log.child({ node: name });
      return new SimulatedNode({ host, management, clock, log, classes: CLASSES, openStore: () => this.#openStore() });
    });
    this.#controller = this.#makeController(clock);
  }

  /** Lets time go by; frames take {@link FRAME_DELAY}. */
  async pass(by: Millis): Promise<void> {
    for (let left = by; left > 0; left -= FRAME_DELAY) {
      await this.clock.advance(Math.min(left, FRAME_DELAY));
      await breath();
      await breath();
    }
  }

  settle(): Promise<void> {
    return this.pass(SETTLED);
  }

  /** The simulated node of that name. */
  at(name: string): SimulatedNode {
    const found = this.nodes.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`Cannot find node ${name}: there are n1, n2 and n3`);
    return found;
  }

  /** All nodes but this one, by name. */
  others(name: string): string[] {
    return this.nodes.map((other) => other.name).filter((other) => other !== name);
  }

  /** Applies a Service, by default with a ready endpoint on each node; settles. */
  async service(
    name: string,
    spec: Readonly<Record<string, unknown>> = {},
    byNode: Readonly<Record<string, EndpointState>> = { n1: "ready", n2: "ready", n3: "ready" },
  ): Promise<void> {
    this.cluster.apply(service(name, spec));
    this.endpoints(name, byNode);
    await this.settle();
  }

  endpoints(name: string, byNode: Readonly<Record<string, EndpointState>>): void {
    this.cluster.apply(endpoints(name, byNode));
  }

  /** Changes a Node as its kubelet or an administrator would. */
  node(name: string, options: NodeOptions = {}): void {
    const host = 10 + Number(name.slice(1));
    const internalIPs = [this.#internal === "lan" ? `192.0.2.${host}` : `10.0.0.${host}`];
    const manifest = node(name, { internalIPs, ...options });
    const { uid = "" } = this.cluster.apply(manifest).metadata;
    this.cluster.patchStatus({ kind: "Node", name }, uid, manifest.status as Record<string, unknown>);
  }

  /** The addresses in the status of a Service. */
  ingress(name: string): string[] {
    return ingressOf(this.cluster.get({ kind: "Service", namespace: "default", name }));
  }

  /** The nodes that answer a request for the address now. */
  async answering(address: string): Promise<string[]> {
    this.client.ask(address);
    await this.pass(ASK_EVERY);
    return this.answeredLast(address);
  }

  /** The nodes that answered the client's last request. */
  answeredLast(address: string): string[] {
    return (this.client.exchanges(address).at(-1)?.answers ?? []).map(({ mac }) => this.#nodeOf(mac));
  }

  /** The one node that answers for the address. */
  async owner(address: string): Promise<string> {
    const [owner, ...more] = await this.answering(address);
    if (owner === undefined || more.length > 0) {
      throw new Error(`One node must answer for ${address}, got ${[owner, ...more].join(", ")}`);
    }
    return owner;
  }

  /** The reason for which each node is no candidate for the address, by its SpeakerStatus. */
  refusals(address: string): Record<string, string> {
    return Object.fromEntries(
      this.nodes.flatMap(({ name }) => {
        const { refusals = [] } = this.layer2Status(name);
        const refusal = refusals.find((other) => other.address === address);
        return refusal === undefined ? [] : [[name, refusal.reason]];
      }),
    );
  }

  /** What the kernel of a node forwards to of IPv4, in order: "10.244.0.1". */
  endpointsAt(name: string): string[] {
    const elements = this.at(name).nft.table("inet fairlead")?.sets.get("endpoints4") ?? new Map<string, string>();
    return [...elements.values()].map((value) => value?.split(" ")[0] ?? "").sort();
  }

  /** What a speaker says of other nodes in its SpeakerStatus: "n2 NodeLost". */
  remarks(name: string): string[] {
    return (this.speakerStatus(name).nodes ?? []).map((remark) => `${remark.name} ${remark.reason}`);
  }

  /** What a speaker wrote of Layer 2. */
  layer2Status(name: string): Layer2Status {
    return this.speakerStatus(name).layer2 ?? {};
  }

  /** The status that a speaker wrote. */
  speakerStatus(name: string): SpeakerStatus {
    return (this.cluster.get({ kind: "SpeakerStatus", name })?.status ?? {}) as SpeakerStatus;
  }

  /** Names of the IPAllocations. */
  allocations(): RawObject[] {
    return this.cluster.list("IPAllocation");
  }

  /** From now on no store tells or does anything. */
  cutStores(): void {
    const fault = () => new StoreError("Unavailable", "the API server is away");
    for (const store of this.#stores) {
      store.holdEvents = true;
      store.failBefore = fault;
    }
  }

  async close(): Promise<void> {
    const all = Promise.all([this.#controller.stop(), ...this.nodes.map((simulated) => simulated.kill())]);
    await this.pass(FRAME_DELAY);
    await all;
  }

  #makeController(clock: Clock): Controller {
    return new Controller({
      store: this.#openStore(),
      clock,
      log: this.log.child({ component: "controller" }),
      classes: CLASSES,
      identity: "controller-1",
      namespace: "fairlead-system",
      leaseTiming: DEFAULT_LEASE_TIMING,
    });
  }

  #openStore(): FaultyStore {
    const store = new FaultyStore(this.cluster);
    this.#stores.push(store);
    return store;
  }

  #nodeOf(mac: string): string {
    return this.nodes.find(({ host }) => host.link().mac === mac)?.name ?? mac;
  }
}

/** What scenarios read of a SpeakerStatus. */
export interface SpeakerStatus {
  readonly nodes?: readonly { readonly name: string; readonly reason: string; readonly message: string }[];
  readonly layer2?: Layer2Status;
}

/** What scenarios read of its part about Layer 2. */
export interface Layer2Status {
  readonly owned?: number;
  readonly addresses?: readonly { readonly address: string; readonly service: string; readonly epoch: number }[];
  readonly moves?: readonly {
    readonly address: string;
    readonly direction: string;
    readonly cause: string;
    readonly peer?: string;
    readonly gapMilliseconds?: number;
  }[];
  readonly refusals?: readonly { readonly address: string; readonly reason: string; readonly message: string }[];
}
