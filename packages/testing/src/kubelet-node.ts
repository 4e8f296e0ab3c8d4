import { readFile } from "node:fs/promises";
import { Daemon } from "./daemon.ts";
import { type KubeletPlan, writeKubeletFiles } from "./kubelet-files.ts";
import type { LabNode } from "./lab-hosts.ts";
import { newLog } from "./logs.ts";
import { type Output, runCommand } from "./netns.ts";
import { makeKubeletCgroup, removeKubeletCgroup } from "./node-cgroups.ts";
import { until } from "./until.ts";

const START_WITHIN_MILLIS = 120_000;

/**
 * A node of the laboratory with containerd and a real kubelet. Beside the network namespace it has mount, UTS and PID
 * namespaces of its own, so that several such nodes share a machine with each its usual paths, as in a container.
 */
export class KubeletNode {
  readonly node: LabNode;
  readonly #plan: KubeletPlan;
  #holder: Daemon | undefined;

  constructor(plan: KubeletPlan) {
    this.node = plan.node;
    this.#plan = plan;
  }

  /** Switches the node on, and waits until its kubelet has been started; images are imported the first time. */
  async start(): Promise<void> {
    const init = await writeKubeletFiles(this.#plan);
    await removeKubeletCgroup(this.node.name); // a run that was killed may have left it
    await makeKubeletCgroup(this.node.name);
    const args = ["--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc", init];
    const { name, namespace } = this.node;
    const log = newLog(name);
    const holder = Daemon.start({ name: `node ${name}`, namespace, command: "unshare", args, log });
    this.#holder = holder;
    await until(`node ${name} has started`, () => holder.output().includes("has started"), {
      withinMillis: START_WITHIN_MILLIS,
      everyMillis: 100,
      check: () => holder.assertRunning(),
    });
  }

  /** Runs a command in all namespaces of the node. @throws Error with its stderr when its exit status is not 0. */
  async run(command: string, ...args: string[]): Promise<Output> {
    const namespaces = ["--net", "--mount", "--uts", "--pid"];
    return runCommand("nsenter", "-t", await this.#init(), ...namespaces, "--", command, ...args);
  }

  /** Ends the kubelet alone: pods go on. Nothing happens if there is none. */
  async stopKubelet(): Promise<void> {
    await this.run("sh", "-c", "kill $(cat /run/kubelet.pid) && tail --pid=$(cat /run/kubelet.pid) -f /dev/null");
  }

  /** Starts the kubelet that {@link stopKubelet} ended. */
  async startKubelet(): Promise<void> {
    await this.run(`${this.#plan.directory}/start-kubelet`);
  }

  /** Ends everything in the node at once, as when the power goes. Its network namespace and its disk stay. */
  async kill(): Promise<void> {
    const holder = this.#holder;
    this.#holder = undefined;
    await holder?.stop("SIGKILL"); // unshare --kill-child takes process 1, and the kernel the rest
    await until(`nothing of ${this.node.name} is left`, () => removeKubeletCgroup(this.node.name).then(() => true), {
      withinMillis: 20_000,
    });
  }

  /** The last lines that the kubelet has logged, for errors. */
  async kubeletSays(lines = 10): Promise<string> {
    const log = await readFile(`${this.#plan.logs}/kubelet-${this.node.name}.log`, "utf8").catch(() => "");
    return log.trimEnd().split("\n").slice(-lines).join("\n");
  }

  // The only child of the one that holds the namespaces.
  async #init(): Promise<string> {
    const pid = this.#holder?.pid;
    if (pid === undefined) throw new Error(`Cannot enter node ${this.node.name}: it must be switched on`);
    return (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim();
  }
}
