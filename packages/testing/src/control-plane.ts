import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "./api-client.ts";
import { type AuditEvent, parseAuditLog } from "./audit.ts";
import { builtPrograms } from "./built-programs.ts";
import {
  accessWith,
  type StaticTokens,
  staticUsers,
  writeKubeconfig,
  writeServerFiles,
} from "./control-plane-files.ts";
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
import { until } from "./until.ts";

/** Where the control plane runs. */
export interface ControlPlaneOptions {
  readonly namespace: Namespace;
  /** IPv4 address of that namespace, not a loopback one; this process must be able to reach it. */
  readonly address: string;
  /** Folder for its data; a temporary one, removed by close(), unless told. */
  readonly directory?: string;
  /** Names of the nodes that have kubelets: none unless told. See {@link ControlPlanePlan.kubelets}. */
  readonly kubelets?: readonly string[];
}

const READY_WITHIN_MILLIS = 60_000;

/**
 * A real Kubernetes control plane: etcd, kube-apiserver, kube-controller-manager, with kubelets a kube-scheduler, and a
 * kube-proxy per node on request.
 */
export class ControlPlane {
  /** Path of a kubeconfig file that may do everything. */
  readonly adminKubeconfig: string;
  /** Requests as admin, from this process. */
  readonly api: ApiClient;
  readonly #binaries: string;
  readonly #namespace: Namespace;
  readonly #plan: ControlPlanePlan;
  readonly #temporary: boolean;
  readonly #etcd: Daemon;
  /** The kube-proxies. */
  readonly #kubeProxies: Daemon[];
  #apiServer: Daemon;
  #controllerManager: Daemon;
  #scheduler: Daemon | undefined;

  private constructor(parts: Started, adminKubeconfig: string, api: ApiClient, controllerManager: Daemon) {
    this.adminKubeconfig = adminKubeconfig;
    this.api = api;
    this.#binaries = parts.binaries;
    this.#namespace = parts.namespace;
    this.#plan = parts.plan;
    this.#temporary = parts.temporary;
    this.#apiServer = parts.apiServer;
    this.#controllerManager = controllerManager;
    this.#kubeProxies = [];
    this.#etcd = parts.etcd;
  }

  /**
   * Starts it and waits until /readyz says yes, a few seconds.
   *
   * @throws Error that names the log file of the program that failed.
   */
  static async start({ namespace, address, directory, kubelets = [] }: ControlPlaneOptions): Promise<ControlPlane> {
    const binaries = await builtPrograms("control-plane");
    const own = directory ?? (await mkdtemp(join(tmpdir(), "fairlead-control-plane-")));
    const plan = { address, directory: own, kubelets };
    const tokens = await writeServerFiles(plan);
    const etcd = launch(namespace, binaries, "etcd", etcdFlags(plan));
    const apiServer = launch(namespace, binaries, "kube-apiserver", apiServerFlags(plan));
    const parts: Started = { binaries, namespace, plan, temporary: directory === undefined, etcd, apiServer };
    try {
      return await ControlPlane.#finish(parts, tokens);
    } catch (error) {
      await Promise.all([etcd.stop("SIGKILL"), apiServer.stop("SIGKILL")]);
      throw error;
    }
  }

  static async #finish(parts: Started, tokens: StaticTokens): Promise<ControlPlane> {
    const { binaries, namespace, plan, apiServer } = parts;
    const api = await until(
      "the API server is ready",
      async () => {
        const client = new ApiClient(await accessWith(plan, tokens.users.admin));
        await client.get("/readyz");
        return client;
      },
      { withinMillis: READY_WITHIN_MILLIS, everyMillis: 100, check: () => apiServer.assertRunning() },
    );
    for (const user of staticUsers()) await writeKubeconfig(plan, user, tokens.users[user]);
    for (const [node, token] of tokens.kubelets) await writeKubeconfig(plan, node, token);
    const manager = launch(namespace, binaries, "kube-controller-manager", controllerManagerFlags(plan));
    const started = new ControlPlane(parts, join(plan.directory, "admin.kubeconfig"), api, manager);
    if (plan.kubelets.length > 0) {
      const scheduler = join(await builtPrograms("nodes"), "kube-scheduler");
      started.#scheduler = launchFile(namespace, scheduler, "kube-scheduler", schedulerFlags(plan));
    }
    return started;
  }

  /** Folder with its data, certificates and kubeconfig files. */
  get directory(): string {
    return this.#plan.directory;
  }

  /** Path of kubectl, to be run with KUBECONFIG set to {@link adminKubeconfig}. */
  get kubectlPath(): string {
    return join(this.#binaries, "kubectl");
  }

  /** The process of the API server, for its pid and its log. */
  get apiServer(): Daemon {
    return this.#apiServer;
  }

  /** The process of etcd. */
  get etcd(): Daemon {
    return this.#etcd;
  }

  /**
   * Runs kubectl as admin, and returns what it printed on stdout.
   *
   * @throws Error with its stderr when its exit status is not 0.
   */
  async kubectl(...args: string[]): Promise<string> {
    return this.kubectlWith(this.adminKubeconfig, ...args);
  }

  /** {@link kubectl} with another kubeconfig file. */
  async kubectlWith(kubeconfig: string, ...args: string[]): Promise<string> {
    const cache = join(this.directory, "kubectl-cache");
    const flags = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${cache}`];
    return (await this.#namespace.run(this.kubectlPath, ...flags, ...args)).stdout;
  }

  /**
   * Writes a kubeconfig file with a token of the ServiceAccount's (TokenRequest API) and returns its path. What it may do is
   * what the roles bound to the ServiceAccount say.
   *
   * @param lifetimeSeconds - at least 600; 3600 unless told.
   */
  async kubeconfigFor(namespace: string, name: string, lifetimeSeconds = 3600): Promise<string> {
    return writeKubeconfig(this.#plan, `${namespace}-${name}`, await this.#tokenOf(namespace, name, lifetimeSeconds));
  }

  /** Requests as a ServiceAccount, from this process. */
  async apiAs(namespace: string, name: string): Promise<ApiClient> {
    return new ApiClient(await accessWith(this.#plan, await this.#tokenOf(namespace, name, 3600)));
  }

  async #tokenOf(namespace: string, name: string, expirationSeconds: number): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds } };
    const answer = (await this.api.post(path, request)) as { status: { token: string } };
    return answer.status.token;
  }

  /** What ServiceAccounts outside kube-system have asked of the API server so far; a watch shows when it begins. */
  async auditEvents(): Promise<AuditEvent[]> {
    return parseAuditLog(await readFile(join(this.directory, "audit.log"), "utf8"));
  }

  /** Path of the kubeconfig of a node's kubelet. */
  kubeletKubeconfig(node: string): string {
    return join(this.directory, `${node}.kubeconfig`);
  }

  /** Starts a kube-proxy in a node's namespace; nftables unless told. Its Node object must be there. */
  startKubeProxy(node: { readonly name: string; readonly namespace: Namespace }, mode: ProxyMode = "nftables"): Daemon {
    const flags = kubeProxyFlags(this.#plan, node.name, mode);
    const proxy = launch(node.namespace, this.#binaries, "kube-proxy", flags, node.name);
    this.#kubeProxies.unshift(proxy);
    return proxy;
  }

  /** Ends the API server: SIGTERM lets it finish its requests, SIGKILL does not. */
  async stopApiServer(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    await this.#apiServer.stop(signal, 30_000);
  }

  /**
   * Starts the API server again, on the same data and with the same certificate, and waits until it is ready; nothing
   * happens when it runs. The controller manager starts anew too: its own back-off after an outage may last a minute.
   */
  async startApiServer(): Promise<void> {
    if (this.#apiServer.running) return;
    this.#apiServer = launch(this.#namespace, this.#binaries, "kube-apiserver", apiServerFlags(this.#plan));
    await until("the API server is ready again", () => this.api.get("/readyz").then(() => true), {
      withinMillis: READY_WITHIN_MILLIS,
      everyMillis: 100,
      check: () => this.#apiServer.assertRunning(),
    });
    await this.#controllerManager.stop("SIGKILL");
    const flags = controllerManagerFlags(this.#plan);
    this.#controllerManager = launch(this.#namespace, this.#binaries, "kube-controller-manager", flags);
  }

  /** Ends everything and removes the temporary folder. */
  async close(): Promise<void> {
    const daemons = [...this.#kubeProxies, this.#scheduler, this.#controllerManager, this.#apiServer, this.#etcd];
    for (const daemon of daemons) await daemon?.stop("SIGKILL"); // nothing in here outlives a test run
    if (this.#temporary) await rm(this.directory, { recursive: true, force: true });
  }
}

interface Started {
  readonly binaries: string;
  readonly namespace: Namespace;
  readonly plan: ControlPlanePlan;
  readonly temporary: boolean;
  readonly etcd: Daemon;
  readonly apiServer: Daemon;
}

function launch(namespace: Namespace, binaries: string, program: string, args: string[], suffix?: string): Daemon {
  const name = suffix === undefined ? program : `${program}-${suffix}`;
  return launchFile(namespace, join(binaries, program), name, args);
}

function launchFile(namespace: Namespace, command: string, name: string, args: string[]): Daemon {
  return Daemon.start({ name, namespace, command, args, log: newLog(name) });
}
