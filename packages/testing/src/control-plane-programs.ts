import { join } from "node:path";
import { builtPrograms } from "./built-programs.ts";
import {
  apiServerFlags,
  type ControlPlanePlan,
  controllerManagerFlags,
  etcdFlags,
  kubeProxyFlags,
  type ProxyMode,
  schedulerFlags,
} from "./control-plane-flags.ts";
import { Daemon } from "./daemon.ts";
import { newLog } from "./logs.ts";
import type { Namespace } from "./netns.ts";

/** The programs of a control plane. etcd and the API server run from the beginning; whether they are ready is to be asked. */
export class ControlPlanePrograms {
  readonly etcd: Daemon;
  readonly #binaries: string;
  readonly #namespace: Namespace;
  readonly #plan: ControlPlanePlan;
  readonly #kubeProxies: Daemon[] = [];
  #apiServer: Daemon;
  #controllerManager: Daemon | undefined;
  #scheduler: Daemon | undefined;

  /** @param binaries - folder with the programs. Their files must be in the plan's. */
  constructor(binaries: string, namespace: Namespace, plan: ControlPlanePlan) {
    this.#binaries = binaries;
    this.#namespace = namespace;
    this.#plan = plan;
    this.etcd = this.#launch("etcd", etcdFlags(plan));
    this.#apiServer = this.#launch("kube-apiserver", apiServerFlags(plan));
  }

  get apiServer(): Daemon {
    return this.#apiServer;
  }

  /** Starts the API server again, on the same data and with the same certificate. */
  startApiServer(): void {
    this.#apiServer = this.#launch("kube-apiserver", apiServerFlags(this.#plan));
  }

  /** Starts kube-controller-manager, instead of the one that runs if so. Its kubeconfig file must be there. */
  async startControllerManager(): Promise<void> {
    await this.#controllerManager?.stop("SIGKILL");
    this.#controllerManager = this.#launch("kube-controller-manager", controllerManagerFlags(this.#plan));
  }

  /** Starts kube-scheduler. Its kubeconfig file must be there. */
  async startScheduler(): Promise<void> {
    const command = join(await builtPrograms("nodes"), "kube-scheduler");
    this.#scheduler = launch(this.#namespace, command, "kube-scheduler", schedulerFlags(this.#plan));
  }

  /** Starts a kube-proxy in a node's namespace. Its Node object must be there. */
  startKubeProxy(node: { readonly name: string; readonly namespace: Namespace }, mode: ProxyMode): Daemon {
    const flags = kubeProxyFlags(this.#plan, node.name, mode);
    const proxy = launch(node.namespace, join(this.#binaries, "kube-proxy"), `kube-proxy-${node.name}`, flags);
    this.#kubeProxies.unshift(proxy);
    return proxy;
  }

  /** Ends all of them at once: nothing in here outlives a test run. */
  async kill(): Promise<void> {
    const daemons = [...this.#kubeProxies, this.#scheduler, this.#controllerManager, this.#apiServer, this.etcd];
    for (const daemon of daemons) await daemon?.stop("SIGKILL");
  }

  #launch(program: string, args: string[]): Daemon {
    return launch(this.#namespace, join(this.#binaries, program), program, args);
  }
}

function launch(namespace: Namespace, command: string, name: string, args: string[]): Daemon {
  return Daemon.start({ name, namespace, command, args, log: newLog(name) });
}
