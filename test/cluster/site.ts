import { fileURLToPath } from "node:url";
import { VERSION } from "@fairlead/runtime";
import {
  type KubeletCluster,
  type LabNode,
  type Manifest,
  type ProbeResult,
  startProbe,
  until,
  webManifests,
} from "@fairlead/testing";
import { answeringMacs } from "../e2e/scene.ts";

/** Name of the image that {@link newCluster} puts on each node. */
export const IMAGE = `fairlead:${VERSION}`;

/** 50 new connections a second, each with three seconds, as a patient client has. */
export const LOAD = { everyMillis: 20, timeoutMillis: 3_000 };

const CONFIG = fileURLToPath(new URL("../../config", import.meta.url));

/** A Pod, as far as the tests look at it. */
export interface PodObject {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName: string };
  readonly status: { readonly containerStatuses?: readonly { readonly restartCount: number }[] };
}

/** What happens on a cluster of kubelets, and what is asked of it. */
export class Site {
  readonly cluster: KubeletCluster;

  constructor(cluster: KubeletCluster) {
    this.cluster = cluster;
  }

  /** Installs the product by kustomize and makes the pool of the samples, with IPv6 addresses beside; ready when it resolves. */
  async install(): Promise<void> {
    await this.cluster.kubectl("apply", "--server-side", "-k", CONFIG);
    await this.isReady();
    const addresses = ["192.168.50.200-192.168.50.220", "fd50::200-fd50::220"];
    await this.apply({
      apiVersion: "fairlead.dev/v1beta1",
      kind: "IPAddressPool",
      metadata: { name: "lan" },
      spec: { addresses },
    });
  }

  /** Waits until every replica and every speaker is ready. */
  async isReady(): Promise<void> {
    for (const workload of ["deployment/fairlead-controller", "daemonset/fairlead-speaker"]) {
      await this.cluster.kubectl("-n", "fairlead-system", "rollout", "status", workload, "--timeout=120s");
    }
  }

  /** Applies objects, as kubectl does. */
  async apply(...objects: readonly Manifest[]): Promise<void> {
    for (const object of objects) {
      const { kind, metadata } = object;
      const { api } = this.cluster.controlPlane;
      const path = pathOf(object);
      const query = "?fieldManager=test&force=true";
      await api.patch(`${path}/${metadata.name}${query}`, "apply", object).catch((cause) => {
        throw new Error(`Cannot apply ${kind} ${metadata.name}: ${cause.message}`, { cause });
      });
    }
  }

  /** Has this many pods of the web server on each node named, and none on others, all Ready. */
  async serveWeb(perNode: Readonly<Record<string, number>>): Promise<void> {
    for (const { name } of this.cluster.lab.nodes) {
      const deployment = `web-${name}`;
      await this.apply(...webManifests({ name: deployment, replicas: perNode[name] ?? 0, node: name, image: IMAGE }));
    }
    for (const { name } of this.cluster.lab.nodes) {
      await this.cluster.kubectl("rollout", "status", `deployment/web-${name}`, "--timeout=120s");
    }
    const wanted = Object.values(perNode).reduce((sum, count) => sum + count, 0);
    await until(
      `${wanted} pods of the web server are there`,
      async () => {
        return (await this.pods("default", "app=web")).length === wanted;
      },
      { withinMillis: 60_000, everyMillis: 100 },
    );
  }

  /** Makes a Service for the web server, and returns its addresses once each answers the client on the LAN. */
  async expose(name: string, spec: object = {}): Promise<string[]> {
    await this.apply({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace: "default" },
      spec: {
        type: "LoadBalancer",
        selector: { app: "web" },
        ports: [{ name: "http", port: 80, targetPort: 8080 }],
        ...spec,
      },
    });
    const families = "ipFamilies" in spec ? (spec.ipFamilies as readonly string[]).length : 1;
    const addresses = await until(
      `Service ${name} has its addresses`,
      async () => {
        const service = (await this.cluster.controlPlane.api.get(`/api/v1/namespaces/default/services/${name}`)) as {
          status: { loadBalancer?: { ingress?: readonly { readonly ip: string }[] } };
        };
        const ingress = service.status.loadBalancer?.ingress ?? [];
        return ingress.length >= families && ingress.map(({ ip }) => ip);
      },
      { withinMillis: 20_000, everyMillis: 50 },
    );
    for (const address of addresses) {
      await until(`${address} answers`, () => this.answers(address), { withinMillis: 20_000, everyMillis: 100 });
    }
    return addresses;
  }

  /** The NodePort of the first port of a Service. */
  async nodePort(name: string): Promise<number> {
    const service = (await this.cluster.controlPlane.api.get(`/api/v1/namespaces/default/services/${name}`)) as {
      spec: { ports: readonly { readonly nodePort: number }[] };
    };
    return service.spec.ports[0]?.nodePort ?? 0;
  }

  /** Whether an address answers the client on the LAN by HTTP. */
  async answers(address: string): Promise<boolean> {
    const host = address.includes(":") ? `[${address}]` : address;
    const args = ["--silent", "--max-time", "2", "--output", "/dev/null", "--write-out", "%{http_code}", "-g"];
    const { stdout } = await this.cluster.lab.client.namespace
      .run("curl", ...args, `http://${host}/`)
      .catch(() => ({ stdout: "" }));
    return stdout === "200";
  }

  /** The node that answers ARP for an IPv4 address. @throws Error when it is none, or several. */
  async owner(address: string): Promise<LabNode> {
    return until(
      `${address} has one owner`,
      async () => {
        const macs = await answeringMacs(this.cluster.lab.client.namespace, address);
        return macs.length === 1 && this.cluster.lab.nodes.find(({ mac }) => mac === macs[0]);
      },
      { withinMillis: 10_000 },
    );
  }

  /** Pods of a namespace by label, "key=value" each. */
  async pods(namespace: string, selector: string): Promise<readonly PodObject[]> {
    const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
    return ((await this.cluster.controlPlane.api.get(path)) as { items: PodObject[] }).items;
  }

  /** The speaker's pod on a node. */
  async speaker(node: string): Promise<PodObject> {
    const pods = await this.pods("fairlead-system", "app.kubernetes.io/component=speaker");
    const pod = pods.find(({ spec }) => spec.nodeName === node);
    if (pod === undefined) throw new Error(`Cannot find the speaker of ${node}: there are ${pods.length} others`);
    return pod;
  }

  /**
   * Opens 50 connections a second to each address, from the client on the LAN and from the one behind the router, while
   * something happens.
   *
   * @param linger - how long it goes on after that, in milliseconds.
   */
  async underLoad(addresses: readonly string[], event: () => Promise<void>, linger = 2_000): Promise<ProbeResult[]> {
    const { client, remote } = this.cluster.lab;
    const urls = addresses.map((address) => `http://${address.includes(":") ? `[${address}]` : address}/`);
    const probes = [client, remote].flatMap(({ namespace }) => urls.map((url) => startProbe(namespace, url, LOAD)));
    await until("every client has answers", () => probes.every((probe) => probe.results().length > 20), {
      withinMillis: 20_000,
    });
    try {
      await event();
      const after = probes.map((probe) => probe.results().length + linger / LOAD.everyMillis);
      await until("the load has gone on", () => probes.every((probe, i) => probe.results().length >= (after[i] ?? 0)), {
        withinMillis: linger * 3 + 20_000,
        everyMillis: 100,
      });
    } finally {
      await Promise.all(probes.map((probe) => probe.stop().catch(() => [])));
    }
    return probes.flatMap((probe) => probe.results());
  }

  /** Deletes Services and pods of "default" that tests made, and waits until all addresses are free. */
  async clear(): Promise<void> {
    await this.cluster.kubectl("delete", "service", "-l", "component!=apiserver", "--ignore-not-found");
    await this.cluster.kubectl("delete", "deployment", "--all", "--ignore-not-found");
    await until("no web server is left", async () => (await this.pods("default", "app=web")).length === 0, {
      withinMillis: 60_000,
      everyMillis: 200,
    });
  }
}

/** Attempts without an answer. */
export function failures(results: readonly ProbeResult[]): readonly ProbeResult[] {
  return results.filter(({ error }) => error !== undefined);
}

const PLURALS: Readonly<Record<string, string>> = {
  Service: "services",
  ConfigMap: "configmaps",
  Deployment: "deployments",
  IPAddressPool: "ipaddresspools",
  Secret: "secrets",
};

function pathOf({ apiVersion, kind, metadata }: Manifest): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const inside = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  return `${root}${inside}/${PLURALS[kind]}`;
}
