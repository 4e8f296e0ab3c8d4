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

/** What differs between Node objects. */
export interface NodeOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly unschedulable?: boolean;
  readonly podCIDRs?: readonly string[];
  readonly internalIPs?: readonly string[];
  /** Ready unless told. */
  readonly conditions?: readonly object[];
}

/** A Node object; all are alike but for the name and what is told. */
export function nodeManifest(name: string, options: NodeOptions = {}): Manifest {
  const { labels = {}, unschedulable = false, podCIDRs = [], internalIPs = [] } = options;
  const { conditions = [{ type: "Ready", status: "True" }] } = options;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels },
    spec: { unschedulable, ...(podCIDRs.length > 0 && { podCIDR: podCIDRs[0], podCIDRs }) },
    status: {
      addresses: [
        ...internalIPs.map((address) => ({ type: "InternalIP", address })),
        { type: "Hostname", address: name },
      ],
      conditions,
    },
  };
}

/** The Node object that a kubelet would register for a node of the laboratory, Ready. */
export function labNodeManifest({ name, number, address }: LabNode): Manifest {
  const { ipv4, ipv6 } = podNetworks(number);
  return nodeManifest(name, {
    labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" },
    podCIDRs: [ipv4, ipv6],
    internalIPs: [address.ipv4, address.ipv6],
    conditions: [readyCondition("True")],
  });
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
