import { fileURLToPath } from "node:url";
import { type Cluster, Daemon, LAB, newLog, until } from "@fairlead/testing";

/** How a product runs. */
export interface ProductOptions {
  /** Replicas of the controller; 1 unless told. */
  readonly replicas?: number;
  /** `--forwarding` of the speakers; direct unless told. */
  readonly forwarding?: "direct" | "nodePort" | "none";
  /** Whether a kube-proxy runs on each node, as it does unless told. */
  readonly kubeProxy?: boolean;
  /** `--log-level`; info unless told. */
  readonly logLevel?: "info" | "debug";
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Folder of what is installed in a cluster. */
export const CONFIG = `${ROOT}config`;
/** Namespace that it is installed in. */
export const NAMESPACE = "fairlead-system";
const CONTROLLER_METRICS = 7472;
/** Port of the health of speakers. */
export const SPEAKER_METRICS = 7473;
const READY = { withinMillis: 30_000 };

/** A line that a process logged, as `--log-format json` has it. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/**
 * The product on a cluster, as it is installed: controllers beside the API server, a speaker and a kube-proxy on each
 * node, each process with a token of its ServiceAccount, whose rights are those of config/rbac. Run `make build` first.
 */
export class Product {
  readonly cluster: Cluster;
  readonly #options: Required<ProductOptions>;
  readonly #controllers: Daemon[] = [];
  readonly #speakers = new Map<string, Daemon>();
  #proxies: readonly Daemon[] = [];
  #kubeconfigs: { readonly controller: string; readonly speaker: string } = { controller: "", speaker: "" };

  private constructor(cluster: Cluster, options: Required<ProductOptions>) {
    this.cluster = cluster;
    this.#options = options;
  }

  /** Installs `config/crd`, the namespace and `config/rbac`, and starts everything. It is ready when the promise resolves. */
  static async start(cluster: Cluster, options: ProductOptions = {}): Promise<Product> {
    const defaults = { replicas: 1, forwarding: "direct", kubeProxy: true, logLevel: "info" } as const;
    const product = new Product(cluster, { ...defaults, ...options });
    try {
      await product.#start();
    } catch (error) {
      await product.stop("SIGKILL");
      throw error;
    }
    return product;
  }

  async #start(): Promise<void> {
    const { controlPlane, lab } = this.cluster;
    await controlPlane.kubectl("apply", "--server-side", "-f", `${CONFIG}/crd`);
    await controlPlane.kubectl("apply", "--server-side", "-f", `${CONFIG}/namespace.yaml`, "-f", `${CONFIG}/rbac`);
    await controlPlane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
    this.#kubeconfigs = {
      controller: await controlPlane.kubeconfigFor(NAMESPACE, "fairlead-controller"),
      speaker: await controlPlane.kubeconfigFor(NAMESPACE, "fairlead-speaker"),
    };
    if (this.#options.kubeProxy) this.#proxies = lab.nodes.map((node) => controlPlane.startKubeProxy(node));
    await Promise.all([
      ...Array.from({ length: this.#options.replicas }, (_, replica) => this.startController(replica)),
      ...lab.nodes.map(({ name }) => this.startSpeaker(name)),
    ]);
  }

  /** The controllers, by replica. */
  get controllers(): readonly Daemon[] {
    return this.#controllers;
  }

  /** The speaker of a node. @throws Error when there is none. */
  speaker(node: string): Daemon {
    const speaker = this.#speakers.get(node);
    if (speaker === undefined) throw new Error(`Cannot find the speaker of ${node}: it was never started`);
    return speaker;
  }

  /** Path of the kubeconfig that the controllers use. */
  get controllerKubeconfig(): string {
    return this.#kubeconfigs.controller;
  }

  /**
   * Starts replica number `replica`, which must not run, and waits until it is ready.
   *
   * @param more - further options, which count before the usual ones.
   * @param wait - whether to wait; it does unless told.
   */
  async startController(replica: number, more: readonly string[] = [], wait = true): Promise<void> {
    const port = CONTROLLER_METRICS + 100 * replica;
    const args = [
      `--kubeconfig=${this.#kubeconfigs.controller}`,
      "--log-format=json",
      `--log-level=${this.#options.logLevel}`,
      `--metrics-port=${port}`,
      ...more,
    ];
    const { control } = this.cluster.lab;
    if (control === undefined)
      throw new Error("Cannot start a controller: the laboratory must have a control namespace");
    const name = `fairlead-controller-${replica}`;
    const command = `${ROOT}bin/fairlead-controller`;
    const daemon = Daemon.start({ name, namespace: control, command, args, log: newLog(name) });
    this.#controllers[replica] = daemon;
    if (wait) await ready(daemon, `http://${LAB.control}:${port}/readyz`);
  }

  /** Starts the speaker of a node, which must not run, and waits until it is ready. */
  async startSpeaker(
    nodeName: string,
    forwarding: ProductOptions["forwarding"] = this.#options.forwarding,
  ): Promise<void> {
    const node = this.cluster.lab.node(nodeName);
    const name = `fairlead-speaker-${nodeName}`;
    const args = [
      `--kubeconfig=${this.#kubeconfigs.speaker}`,
      `--node-name=${nodeName}`,
      `--forwarding=${forwarding}`,
      "--log-format=json",
      `--log-level=${this.#options.logLevel}`,
      `--metrics-port=${SPEAKER_METRICS}`,
    ];
    const command = `${ROOT}bin/fairlead-speaker`;
    const daemon = Daemon.start({ name, namespace: node.namespace, command, args, log: newLog(name) });
    this.#speakers.set(nodeName, daemon);
    await ready(daemon, `http://${node.management}:${SPEAKER_METRICS}/readyz`);
  }

  /** Ends all speakers gracefully and starts them in another forwarding mode. */
  async restartSpeakers(forwarding: ProductOptions["forwarding"]): Promise<void> {
    const names = [...this.#speakers.keys()];
    await Promise.all(names.map((name) => this.speaker(name).stop()));
    await Promise.all(names.map((name) => this.startSpeaker(name, forwarding)));
  }

  /** The running replica that holds the Lease; undefined if none does. */
  async leader(): Promise<Daemon | undefined> {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/fairlead-controller`;
    const lease = (await this.cluster.controlPlane.api.get(path)) as { spec: { holderIdentity?: string } };
    const holder = lease.spec.holderIdentity ?? "";
    return this.#controllers.find((controller) => controller.running && holder.includes(`-${controller.pid}-`));
  }

  /** Ends everything, and removes what the speakers left in the nodes' kernels. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const daemons = [...this.#speakers.values(), ...this.#controllers];
    await Promise.all(daemons.map((daemon) => daemon.stop(signal)));
    await Promise.all(this.#proxies.map((proxy) => proxy.stop("SIGKILL")));
    const command = `${ROOT}bin/fairlead-speaker`;
    await Promise.all(this.cluster.lab.nodes.map(({ namespace }) => namespace.run(command, "--cleanup")));
  }
}

/** What a process has logged so far, without lines that are no JSON. */
export function logLines(daemon: Daemon): LogLine[] {
  const lines = daemon.output().split("\n");
  return lines.flatMap((line) => (line.startsWith("{") && line.endsWith("}") ? [JSON.parse(line) as LogLine] : []));
}

async function ready(daemon: Daemon, url: string): Promise<void> {
  await until(`${daemon.name} is ready`, async () => (await fetch(url)).ok, {
    ...READY,
    check: () => daemon.assertRunning(),
  });
}
