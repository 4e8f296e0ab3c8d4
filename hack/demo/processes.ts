import { fileURLToPath } from "node:url";
import { Daemon, type LabNode, type Namespace, newLog } from "@fairlead/testing";

/** The command-line options that name the store. */
export type StoreOptions = readonly ["--store" | "--kubeconfig", string];

/** A controller and a speaker on each node, as bundled by `make build`. */
export class Processes {
  readonly #speakers = new Map<string, Daemon>();
  readonly #all: Daemon[] = [];

  /** Starts the controller in a namespace. */
  startController(namespace: Namespace, store: StoreOptions): void {
    this.#start("controller", namespace, "fairlead-controller", [...store]);
  }

  /** Starts a node's speaker. */
  startSpeaker(node: LabNode, store: StoreOptions): void {
    const name = `speaker-${node.name}`;
    const speaker = this.#start(name, node.namespace, "fairlead-speaker", [...store, "--node-name", node.name]);
    this.#speakers.set(node.name, speaker);
  }

  /** Kills a node's speaker with SIGKILL. */
  async killSpeaker(node: LabNode): Promise<void> {
    await this.#speakers.get(node.name)?.stop("SIGKILL");
  }

  /** All lines that were logged, in order of time. */
  logs(): string[] {
    return this.#all
      .flatMap((daemon) => daemon.output().split("\n"))
      .filter((line) => line !== "")
      .sort();
  }

  /** Ends all, gracefully. */
  async close(): Promise<void> {
    await Promise.all(this.#all.map((daemon) => daemon.stop()));
  }

  #start(name: string, namespace: Namespace, program: string, args: readonly string[]): Daemon {
    const daemon = Daemon.start({
      name,
      namespace,
      command: fileURLToPath(new URL(`../../bin/${program}`, import.meta.url)),
      args: [...args, "--log-format", "pretty"],
      log: newLog(name),
    });
    this.#all.push(daemon);
    return daemon;
  }
}
