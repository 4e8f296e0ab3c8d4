import { type Cluster, type LabNode, type Manifest, type Namespace, until } from "@fairlead/testing";

/** What the tests look at in a Service. */
export interface ServiceObject {
  readonly metadata: { readonly name: string; readonly uid: string; readonly creationTimestamp: string };
  readonly spec: { readonly ports: readonly { readonly nodePort?: number }[]; readonly clusterIP?: string };
  readonly status: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip: string; readonly ipMode: string }[] };
    readonly conditions?: readonly Condition[];
  };
}

/** A condition of any object. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** An Event about an object. */
export interface EventObject {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly source: { readonly component: string };
}

/**
 * For probes that must not fail: a busy machine may be late with an answer. A packet that was lost shows all the same, as
 * it is sent again after a second.
 */
export const PATIENT = { timeoutMillis: 900 };

const SERVICES = "/api/v1/namespaces/default/services";
const POOLS = "/apis/fairlead.dev/v1beta1/ipaddresspools";

/** A Service of type LoadBalancer in "default" for pods with app=web: port 80 to 8080. `spec` overrides. */
export function serviceManifest(name: string, spec: object = {}, annotations: Record<string, string> = {}): Manifest {
  const ports = [{ name: "http", port: 80, targetPort: 8080 }];
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, annotations } as Manifest["metadata"],
    spec: { type: "LoadBalancer", selector: { app: "web" }, ports, ...spec },
  };
}

/** An IPAddressPool with these ranges. */
export function poolManifest(name: string, ...addresses: string[]): Manifest {
  return { apiVersion: "fairlead.dev/v1beta1", kind: "IPAddressPool", metadata: { name }, spec: { addresses } };
}

/** What the tests do to, and ask of, the objects of a cluster. */
export class Scene {
  readonly cluster: Cluster;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** Creates the pool "lan" of the samples. */
  async addPool(...addresses: string[]): Promise<void> {
    const ranges = addresses.length > 0 ? addresses : ["192.168.50.200-192.168.50.220"];
    await this.cluster.controlPlane.api.post(POOLS, poolManifest("lan", ...ranges));
  }

  /** Creates a Service; see {@link serviceManifest}. */
  async addService(name: string, spec: object = {}, annotations: Record<string, string> = {}): Promise<void> {
    await this.cluster.controlPlane.api.post(SERVICES, serviceManifest(name, spec, annotations));
  }

  /** Changes fields of a Service. */
  async changeService(name: string, spec: object): Promise<void> {
    await this.cluster.controlPlane.api.patch(`${SERVICES}/${name}`, "merge", { spec });
  }

  async service(name: string): Promise<ServiceObject> {
    return (await this.cluster.controlPlane.api.get(`${SERVICES}/${name}`)) as ServiceObject;
  }

  /** The Services in "default". */
  async services(): Promise<ServiceObject[]> {
    return ((await this.cluster.controlPlane.api.get(SERVICES)) as { items: ServiceObject[] }).items;
  }

  /** Waits until a Service has an address. */
  async address(name: string, withinMillis = 5_000): Promise<string> {
    const what = `Service ${name} has an address`;
    return until(what, async () => (await this.service(name)).status.loadBalancer?.ingress?.[0]?.ip, { withinMillis });
  }

  /** Names of the IPAllocations there are. */
  async allocations(): Promise<string[]> {
    const { items } = (await this.cluster.controlPlane.api.get("/apis/fairlead.dev/v1beta1/ipallocations")) as {
      items: { metadata: { name: string } }[];
    };
    return items.map(({ metadata }) => metadata.name);
  }

  /** The condition fairlead.dev/Allocated of a Service. */
  async allocated(name: string): Promise<Condition | undefined> {
    return (await this.service(name)).status.conditions?.find(({ type }) => type === "fairlead.dev/Allocated");
  }

  /** The condition Accepted of a pool. */
  async accepted(pool: string): Promise<Condition | undefined> {
    const held = (await this.cluster.controlPlane.api.get(`${POOLS}/${pool}`)) as {
      status?: { conditions?: Condition[] };
    };
    return held.status?.conditions?.find(({ type }) => type === "Accepted");
  }

  /** Events about an object in "default". */
  async events(kind: string, name: string): Promise<EventObject[]> {
    const selector = encodeURIComponent(`involvedObject.kind=${kind},involvedObject.name=${name}`);
    const path = `/api/v1/namespaces/default/events?fieldSelector=${selector}`;
    return ((await this.cluster.controlPlane.api.get(path)) as { items: EventObject[] }).items;
  }

  /** The node that answers ARP for an address, asked from the LAN client. @throws Error when it is none, or several. */
  async owner(address: string): Promise<LabNode> {
    const macs = await answeringMacs(this.cluster.lab.client.namespace, address);
    const node = this.cluster.lab.nodes.find(({ mac }) => mac === macs[0]);
    if (node === undefined || macs.length !== 1) throw new Error(`Cannot find the owner of ${address}: ${macs} answer`);
    return node;
  }

  /**
   * Deletes what the tests made in "default": Services and pods; then all pools, once no address is held any more. A Service
   * may go by itself meanwhile, as one does that a finalizer held back.
   */
  async clear(): Promise<void> {
    const { api } = this.cluster.controlPlane;
    for (const { metadata } of await this.services()) {
      if (metadata.name === "kubernetes") continue;
      const path = `${SERVICES}/${metadata.name}`;
      const { status, body } = await api.send("DELETE", path);
      if (status >= 300 && status !== 404) throw new Error(`Cannot delete ${path}: ${status} ${JSON.stringify(body)}`);
    }
    await until("all addresses are free", () => this.#expectNoAllocations(), { withinMillis: 30_000 });
    await api.delete(POOLS);
    await api.delete("/api/v1/namespaces/default/events");
    for (const { name } of this.cluster.lab.pods) await this.cluster.removePod(name);
  }

  /** @throws Error that says what is held, and by which Services that are still there. */
  async #expectNoAllocations(): Promise<true> {
    const held = await this.allocations();
    if (held.length === 0) return true;
    const left = (await this.services()).map(({ metadata }) => metadata.name);
    const conditions = await Promise.all(left.map((name) => this.allocated(name)));
    throw new Error(`held: ${held}; Services: ${left}; conditions: ${JSON.stringify(conditions)}`);
  }
}

/** The MAC addresses that answered any of `requests` ARP requests, 100 ms apart. */
export async function answeringMacs(from: Namespace, address: string, requests = 3): Promise<string[]> {
  const args = ["-r", "-c", `${requests}`, "-W", "0.1", "-w", `${0.1 * requests + 0.3}`, "-i", "eth0", address];
  // Its exit status says that nobody answered.
  const { stdout } = await from.run("arping", ...args).catch(() => ({ stdout: "" }));
  return [...new Set(stdout.split("\n").filter((line) => line !== ""))];
}

/** Milliseconds that something took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round(performance.now() - start);
}

/** Prints a measurement beside the test's line. */
export function say(text: string): void {
  console.log(`        ${text}`);
}
