import { type ChildProcess, execFile, type SpawnOptions, spawn } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** What a finished command printed. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. @throws Error with the command's stderr when its exit status is not 0. */
export async function runCommand(command: string, ...args: string[]): Promise<Output> {
  return execute(command, args, { maxBuffer: 1 << 28 });
}

/**
 * A named network namespace (ip-netns(8)). Make one only inside `hack/sandbox`: what is left behind ends with the sandbox.
 */
export class Namespace {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  /** Makes the namespace and brings its loopback up. `name` must be free. */
  static async create(name: string): Promise<Namespace> {
    await execute("ip", ["netns", "add", name]);
    const namespace = new Namespace(name);
    await namespace.run("ip", "link", "set", "lo", "up");
    return namespace;
  }

  /** The namespace that this process is in, the sandbox's. It has no name in /run/netns, and deleting it does nothing. */
  static own(): Namespace {
    return new Namespace("");
  }

  /** The command line that runs `command` in here, for spawn(): nsenter, since `ip netns exec` remounts /sys. */
  commandLine(command: string, ...args: string[]): [string, string[]] {
    if (this.name === "") return [command, args];
    return ["nsenter", [`--net=/run/netns/${this.name}`, "--", command, ...args]];
  }

  /**
   * Runs a command to its end.
   *
   * @throws Error with the command's stderr when its exit status is not 0.
   */
  async run(command: string, ...args: string[]): Promise<Output> {
    const [program, all] = this.commandLine(command, ...args);
    return runCommand(program, ...all);
  }

  /** Runs several `ip` commands as one batch, one a line. */
  async ip(...lines: string[]): Promise<void> {
    const [command, args] = this.commandLine("ip", "-batch", "-");
    await feed(command, args, `${lines.join("\n")}\n`);
  }

  /** Loads an nftables script (`nft -f -`). */
  async nft(script: string): Promise<void> {
    const [command, args] = this.commandLine("nft", "-f", "-");
    await feed(command, args, script);
  }

  /** Starts a command and leaves it running. The caller ends it. */
  start(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const [program, all] = this.commandLine(command, ...args);
    return spawn(program, all, options);
  }

  /** Removes the namespace: its links go as soon as no process is left in it. Removing an absent one succeeds. */
  async delete(): Promise<void> {
    if (this.name === "") return;
    await execute("ip", ["netns", "delete", this.name]).catch(() => undefined);
  }
}

/** Joins two namespaces by a veth pair; both ends are up. */
export async function joinByVeth(a: Namespace, aLink: string, b: Namespace, bLink: string): Promise<void> {
  await a.ip(`link add ${aLink} type veth peer name ${bLink} netns ${b.name}`, `link set ${aLink} up`);
  await b.ip(`link set ${bLink} up`);
}

async function feed(command: string, args: readonly string[], input: string): Promise<void> {
  const child = execute(command, [...args]);
  child.child.stdin?.end(input);
  await child;
}
