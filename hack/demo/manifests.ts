import { nodeManifest, podNetworks } from "@fairlead/testing";

/** What a manifest tells of a node. */
export interface DemoNode {
  readonly name: string;
  /** 1 for n1. */
  readonly number: number;
  readonly address: { readonly ipv4: string };
}

/** What a manifest tells of a pod. */
export interface DemoPod {
  readonly node: Pick<DemoNode, "name">;
  readonly address: { readonly ipv4: string };
}

/** The Node object, Ready: written by a kubelet where there is one. */
export function demoNodeManifest({ name, address, number }: DemoNode): object {
  return nodeManifest(name, { podCIDRs: [podNetworks(number).ipv4], internalIPs: [address.ipv4] });
}

/** The EndpointSlice of Service default/web, all ready: written by the EndpointSlice controller where there is one. */
export function sliceManifest(pods: readonly DemoPod[]): object {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "web-1", namespace: "default", labels: { "kubernetes.io/service-name": "web" } },
    addressType: "IPv4",
    ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    endpoints: pods.map((pod) => ({
      addresses: [pod.address.ipv4],
      nodeName: pod.node.name,
      conditions: { ready: true },
    })),
  };
}
