import { ControlPlane } from "./control-plane.ts";
import type { Daemon } from "./daemon.ts";
import { Lab, type LabOptions } from "./lab.ts";
import type { LabPod } from "./lab-hosts.ts";
import { LAB } from "./lab-plan.ts";
import { type ConditionStatus, labNodeManifest, podManifest, podStatus, readyCondition } from "./manifests.ts";
import { startWorkload } from "./programs.ts";

/** How a pod is made. */
export interface ClusterPodOptions {
  /** Namespace of the Pod object; "default" unless told. */
  readonly namespace?: string;
  /** app=NAME unless told. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Port of its workload; 8080 unless told. */
  readonly port?: number;
}

/** A pod with its Pod object and its running workload. */
export interface ClusterPod extends LabPod {
  /** Namespace of the Pod object. */
  readonly kubernetesNamespace: string;
  readonly workload: Daemon;
}

/**
 * A laboratory with a real control plane on its management network, and Node and Pod objects for what is in it: this
 * process is scheduler and kubelet. It reaches the API server at {@link LAB}.control, and so does every node.
 */
export class Cluster {
  readonly lab: Lab;
  readonly controlPlane: ControlPlane;
  readonly #pods = new Map<string, ClusterPod>();

  private constructor(lab: Lab, controlPlane: ControlPlane) {
    this.lab = lab;
    this.controlPlane = controlPlane;
  }

  /** Makes the laboratory, starts the control plane in it, and registers the nodes as Ready. */
  static async create(options: Pick<LabOptions, "nodes"> = {}): Promise<Cluster> {
    const lab = await Lab.create({ ...options, management: true });
    if (lab.control === undefined)
      throw new Error("Cannot make a cluster: the laboratory must have a management network");
    const controlPlane = await ControlPlane.start({ namespace: lab.control, address: LAB.control });
    await Promise.all(lab.nodes.map((node) => controlPlane.api.post("/api/v1/nodes", labNodeManifest(node))));
    return new Cluster(lab, controlPlane);
  }

  /** Adds a pod on a node, with a running workload, and its Pod object, Running and Ready. */
  async addPod(node: string, name: string, options: ClusterPodOptions = {}): Promise<ClusterPod> {
    const { namespace: kubernetesNamespace = "default", labels, port = 8080 } = options;
    const pod = await this.lab.addPod(node, name, labels);
    const workload = await startWorkload(pod.namespace, name, port);
    const complete: ClusterPod = { ...pod, kubernetesNamespace, workload };
    this.#pods.set(name, complete);
    await this.controlPlane.api.post(podsPath(kubernetesNamespace), podManifest(pod, kubernetesNamespace, port));
    await this.setPodReady(name, "True");
    return complete;
  }

  /** Writes the Ready condition of a pod, as its kubelet would after a readiness probe. */
  async setPodReady(name: string, ready: ConditionStatus): Promise<void> {
    const pod = this.pod(name);
    const path = `${podsPath(pod.kubernetesNamespace)}/${name}/status`;
    await this.controlPlane.api.patch(path, "merge", { status: podStatus(pod, ready) });
  }

  /** Writes the Ready condition of a node. Nothing else changes it: no node life-cycle controller runs. */
  async setNodeReady(name: string, ready: ConditionStatus): Promise<void> {
    const path = `/api/v1/nodes/${this.lab.node(name).name}/status`;
    await this.controlPlane.api.patch(path, "merge", { status: { conditions: [readyCondition(ready)] } });
  }

  /** Deletes a pod's object, ends its workload and takes its network away. An absent pod is no error. */
  async removePod(name: string): Promise<void> {
    const pod = this.#pods.get(name);
    if (pod === undefined) return;
    this.#pods.delete(name);
    await this.controlPlane.api.delete(`${podsPath(pod.kubernetesNamespace)}/${name}`);
    await pod.workload.stop();
    await this.lab.removePod(name);
  }

  /** The pod called `name`. @throws Error when there is none. */
  pod(name: string): ClusterPod {
    const pod = this.#pods.get(name);
    if (pod === undefined) throw new Error(`Cannot find pod "${name}": the cluster has ${[...this.#pods.keys()]}`);
    return pod;
  }

  /** Ends everything that the cluster started. */
  async close(): Promise<void> {
    await Promise.all([...this.#pods.values()].map((pod) => pod.workload.stop("SIGKILL")));
    await this.controlPlane.close();
    await this.lab.close();
  }
}

function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/pods`;
}
