import type { RawObject } from "@fairlead/kube";
import { type NodeOptions as AnyNodeOptions, type ConditionStatus, nodeManifest } from "@fairlead/testing";

/** What differs between the nodes of a scenario. */
export interface NodeOptions extends Omit<AnyNodeOptions, "conditions" | "podCIDRs"> {
  /** Value of the condition Ready; "True" unless told. */
  readonly ready?: ConditionStatus;
  /** Value of the condition NetworkUnavailable; "False" unless told. */
  readonly networkUnavailable?: "True" | "False";
}

/** A Node; all are alike but for the name and what is told. */
export function node(name: string, options: NodeOptions = {}): RawObject {
  const { ready = "True", networkUnavailable = "False", ...rest } = options;
  const conditions = [
    { type: "Ready", status: ready },
    { type: "NetworkUnavailable", status: networkUnavailable },
  ];
  return nodeManifest(name, { ...rest, conditions });
}

/** State of an endpoint: "serving" is terminating, but still serving. */
export type EndpointState = "ready" | "serving" | "gone";

/** The endpoints of Service `service` in one family, one on each of the nodes named; "" is one that runs on no node. */
export function endpoints(
  service: string,
  byNode: Readonly<Record<string, EndpointState>>,
  family: 4 | 6 = 4,
): RawObject {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      namespace: "default",
      name: `${service}-ipv${family}`,
      labels: { "kubernetes.io/service-name": service },
    },
    addressType: `IPv${family}`,
    ports: [{ name: "http", protocol: "TCP", port: 8080 }],
    endpoints: Object.entries(byNode).map(([nodeName, state], index) => ({
      addresses: [`${family === 4 ? "10.244.0." : "fd44::"}${index + 1}`],
      ...(nodeName !== "" && { nodeName }),
      conditions: { ready: state === "ready", serving: state !== "gone", terminating: state !== "ready" },
    })),
  };
}

/** An L2Advertisement of all pools, but for what `spec` says. */
export function advertisement(name: string, spec: Readonly<Record<string, unknown>> = {}): RawObject {
  return { apiVersion: "fairlead.dev/v1beta1", kind: "L2Advertisement", metadata: { name }, spec };
}
