import type { LabNode, LabPod } from "./lab-hosts.ts";
import { podNetworks } from "./lab-plan.ts";

/** A Kubernetes object as it goes over the wire. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Value of a condition's status. */
export type ConditionStatus = "True" | "False" | "Unknown";

/** The Node object that a kubelet would register, Ready. */
export function nodeManifest(node: LabNode): Manifest {
  const { ipv4, ipv6 } = podNetworks(node.number);
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: node.name, labels: { "kubernetes.io/hostname": node.name, "kubernetes.io/os": "linux" } },
    spec: { podCIDR: ipv4, podCIDRs: [ipv4, ipv6] },
    status: {
      addresses: [
        { type: "InternalIP", address: node.address.ipv4 },
        { type: "InternalIP", address: node.address.ipv6 },
        { type: "Hostname", address: node.name },
      ],
      conditions: [readyCondition("True")],
    },
  };
}

/** A Pod object that is bound to its node, as by the scheduler. */
export function podManifest(pod: LabPod, namespace: string, port: number): Manifest {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: pod.name, namespace, labels: pod.labels },
    spec: {
      nodeName: pod.node.name,
      containers: [{ name: "workload", image: "workload", ports: [{ containerPort: port }] }],
      tolerations: [{ operator: "Exists" }],
      terminationGracePeriodSeconds: 0, // no kubelet confirms the end
    },
  };
}

/** The status that a kubelet would write for a running pod. */
export function podStatus(pod: LabPod, ready: ConditionStatus): object {
  const { ipv4, ipv6 } = pod.address;
  return {
    phase: "Running",
    podIP: ipv4,
    podIPs: [{ ip: ipv4 }, { ip: ipv6 }],
    hostIP: pod.node.address.ipv4,
    conditions: [readyCondition(ready)],
  };
}

/** The condition of type Ready. */
export function readyCondition(status: ConditionStatus): object {
  const now = new Date().toISOString();
  return { type: "Ready", status, reason: status === "True" ? "Ready" : "NotReady", lastTransitionTime: now };
}
