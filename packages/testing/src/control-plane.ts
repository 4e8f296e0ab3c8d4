import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "./api-client.ts";
import { type AuditEvent, parseAuditLog } from "./audit.ts";
import { builtPrograms } from "./built-programs.ts";
import { accessWith, staticUsers, writeKubeconfig, writeServerFiles } from "./control-plane-files.ts";
import type { ControlPlanePlan, ProxyMode } from "./control-plane-flags.ts";
import { ControlPlanePrograms } from "./control-plane-programs.ts";
import type { Daemon } from "./daemon.ts";
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
  readonly #place: Place;
  readonly #programs: ControlPlanePrograms;

  private constructor(place: Place, programs: ControlPlanePrograms, api: ApiClient) {
    this.adminKubeconfig = join(place.plan.directory, "admin.kubeconfig");
    this.api = api;
    this.#place = place;
    this.#programs = programs;
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
    const programs = new ControlPlanePrograms(binaries, namespace, plan);
    try {
      const api = await untilReady(programs, "the API server is ready", async () => {
        const client = new ApiClient(await accessWith(plan, tokens.users.admin));
        await client.get("/readyz");
        return client;
      });
      for (const user of staticUsers()) await writeKubeconfig(plan, user, tokens.users[user]);
      for (const [node, token] of tokens.kubelets) await writeKubeconfig(plan, node, token);
      await programs.startControllerManager();
      if (kubelets.length > 0) await programs.startScheduler();
      return new ControlPlane({ binaries, namespace, plan, temporary: directory === undefined }, programs, api);
    } catch (error) {
      await programs.kill();
      throw error;
    }
  }

  /** Folder with its data, certificates and kubeconfig files. */
  get directory(): string {
    return this.#place.plan.directory;
  }

  /** Path of kubectl, to be run with KUBECONFIG set to {@link adminKubeconfig}. */
  get kubectlPath(): string {
    return join(this.#place.binaries, "kubectl");
  }

  /** The process of the API server, for its pid and its log. */
  get apiServer(): Daemon {
    return this.#programs.apiServer;
  }

  /** The process of etcd. */
  get etcd(): Daemon {
    return this.#programs.etcd;
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
    return (await this.#place.namespace.run(this.kubectlPath, ...flags, ...args)).stdout;
  }

  /**
   * Writes a kubeconfig file with a token of the ServiceAccount's (TokenRequest API) and returns its path. What it may do is
   * what the roles bound to the ServiceAccount say.
   *
   * @param lifetimeSeconds - at least 600; 3600 unless told.
   */
  async kubeconfigFor(namespace: string, name: string, lifetimeSeconds = 3600): Promise<string> {
    return writeKubeconfig(
      this.#place.plan,
      `${namespace}-${name}`,
      await this.#tokenOf(namespace, name, lifetimeSeconds),
    );
  }

  /** Requests as a ServiceAccount, from this process. */
  async apiAs(namespace: string, name: string): Promise<ApiClient> {
    return new ApiClient(await accessWith(this.#place.plan, await this.#tokenOf(namespace, name, 3600)));
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
    return this.#programs.startKubeProxy(node, mode);
  }

  /** Ends the API server: SIGTERM lets it finish its requests, SIGKILL does not. */
  async stopApiServer(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    await this.#programs.apiServer.stop(signal, 30_000);
  }

  /**
   * Starts the API server again, on the same data and with the same certificate, and waits until it is ready; nothing
   * happens when it runs. The controller manager starts anew too: its own back-off after an outage may last a minute.
   */
  async startApiServer(): Promise<void> {
    if (this.#programs.apiServer.running) return;
    this.#programs.startApiServer();
    await untilReady(this.#programs, "the API server is ready again", () => this.api.get("/readyz").then(() => true));
    await this.#programs.startControllerManager();
  }

  /** Ends everything and removes the temporary folder. */
  async close(): Promise<void> {
    await this.#programs.kill();
    if (this.#place.temporary) await rm(this.directory, { recursive: true, force: true });
  }
}

interface Place {
  readonly binaries: string;
  readonly namespace: Namespace;
  readonly plan: ControlPlanePlan;
  /** Whether its folder goes with it. */
  readonly temporary: boolean;
}

function untilReady<T>(programs: ControlPlanePrograms, what: string, ask: () => Promise<T>) {
  const check = () => programs.apiServer.assertRunning();
  return until(what, ask, { withinMillis: READY_WITHIN_MILLIS, everyMillis: 100, check });
}
