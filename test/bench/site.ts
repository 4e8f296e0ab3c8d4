import type { RawObject, Store } from "@fairlead/kube";
import { openStore } from "@fairlead/kube/io";
import { systemClock } from "@fairlead/runtime/io";
import { MemoryLog } from "@fairlead/runtime/testing";
import { Cluster, type LabNode } from "@fairlead/testing";
import { Product, type ProductOptions } from "../e2e/product.ts";
import { poolManifest, Scene } from "../e2e/scene.ts";

/** Where the measurements on a real control plane take place. */
export interface Site {
  readonly cluster: Cluster;
  readonly product: Product;
  readonly scene: Scene;
  /** The API as admin, over connections that are kept. */
  readonly store: Store;
}

/** Runs `work` on a cluster with the product, without kube-proxies, and takes everything down again. */
export async function withSite(
  work: (site: Site) => Promise<void>,
  { nodes, ...options }: ProductOptions & { readonly nodes?: number } = {},
): Promise<void> {
  const cluster = await Cluster.create(nodes === undefined ? {} : { nodes });
  try {
    const product = await Product.start(cluster, { ...options, kubeProxy: false });
    const kubeconfig = cluster.controlPlane.adminKubeconfig;
    const store = await openStore({ kubeconfig }, systemClock, new MemoryLog(), () => {});
    try {
      await work({ cluster, product, scene: new Scene(cluster), store });
    } finally {
      await store.stop();
      await product.stop("SIGKILL");
    }
  } finally {
    await cluster.close();
  }
}

/** Loses a node: both of its links are cut, and its speaker is killed. */
export async function loseNode(
  { cluster, product }: Pick<Site, "cluster" | "product">,
  { name }: LabNode,
): Promise<void> {
  await Promise.all([
    cluster.lab.cutLink(name),
    cluster.lab.cutLink(name, "management"),
    product.speaker(name).stop("SIGKILL"),
  ]);
}

/** A pool of 65,536 addresses that are announced on eth0 of every node, though no subnet there holds them. */
export const MANY: readonly RawObject[] = [
  poolManifest("many", "10.77.0.0/16"),
  {
    apiVersion: "fairlead.dev/v1beta1",
    kind: "L2Advertisement",
    metadata: { name: "many" },
    spec: { ipAddressPools: ["many"], interfaces: ["eth0"] },
  },
];

/** A Service of type LoadBalancer without endpoints. */
export function bareService(name: string): RawObject {
  const ports = [{ name: "http", port: 80, targetPort: 8080 }];
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "default" },
    spec: { type: "LoadBalancer", allocateLoadBalancerNodePorts: false, ports },
  };
}
