import { spawn } from "node:child_process";
import { once } from "node:events";
import { openMemoryFile } from "@fairlead/linux/io";
import { formatAddress } from "@fairlead/net";
import type { Log } from "@fairlead/runtime";
import type { Conntrack, Flow } from "../ports.ts";

/** How {@link ConntrackCommand} runs conntrack. */
export interface ConntrackCommandOptions {
  readonly log: Log;
  /** Program and leading arguments; `["conntrack"]` unless told. Tests put nsenter(1) before it. */
  readonly command?: readonly [string, ...string[]];
}

/** Deletions that one process is given: each reads the kernel's whole table. */
const AT_ONCE = 200;

/** Deletions that may wait; what is more is left to its time-out. */
const MOST_WAITING = 5_000;

const TIMEOUT_MILLIS = 30_000;

/**
 * Forgets flows by the program conntrack (conntrack(8), 1.4.7 or later), one process at a time, each for many flows. Where
 * it is not installed, says so once and does nothing.
 */
export class ConntrackCommand implements Conntrack {
  readonly #log: Log;
  readonly #command: readonly [string, ...string[]];
  /** Lines for `conntrack --load-file`, each once. */
  readonly #waiting = new Set<string>();
  #running: Promise<void> | undefined;
  #absent = false;

  constructor({ log, command = ["conntrack"] }: ConntrackCommandOptions) {
    this.#log = log;
    this.#command = command;
  }

  forget(flows: readonly Flow[]): void {
    if (this.#absent) return;
    let left = 0;
    for (const line of flows.map(deletion)) {
      if (this.#waiting.size < MOST_WAITING) this.#waiting.add(line);
      else left += 1;
    }
    if (left > 0) this.#log.warn({ flows: left }, "too much to forget at once: some clients stay on removed endpoints");
    if (this.#waiting.size > 0) this.#running ??= this.#work();
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #work(): Promise<void> {
    while (this.#waiting.size > 0) {
      const lines = [...this.#waiting].slice(0, AT_ONCE);
      for (const line of lines) this.#waiting.delete(line);
      try {
        await this.#run(lines);
      } catch (error) {
        this.#report(error, lines.length);
      }
    }
    this.#running = undefined;
  }

  async #run(lines: readonly string[]): Promise<void> {
    const [program, ...args] = this.#command;
    const file = openMemoryFile(`${lines.join("\n")}\n`);
    try {
      // The entries that it deletes are printed, and are of no use here.
      const stdio = [file.fd, "ignore", "pipe"] as const;
      const child = spawn(program, [...args, "--load-file", "-"], { stdio: [...stdio], timeout: TIMEOUT_MILLIS });
      let said = "";
      child.stderr?.setEncoding("utf8").on("data", (text: string) => {
        said = `${said}${text}`.slice(0, 1_000);
      });
      const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
      if (status !== 0) throw new Error(`conntrack ended with ${signal ?? `status ${status}`}: ${said.trim()}`);
    } finally {
      file.close();
    }
  }

  #report(error: unknown, flows: number): void {
    if (isMissing(error)) {
      this.#absent = true;
      this.#waiting.clear();
      this.#log.warn({ program: this.#command[0] }, "clients stay on removed endpoints: conntrack is not installed");
      return;
    }
    this.#log.warn({ flows, err: String(error) }, "clients stay on removed endpoints: conntrack failed");
  }
}

/** The line that has conntrack delete a flow. Of TCP that may go on, only what was never answered: the rest has an end of its own. */
function deletion({ protocol, vip, endpoint, isOver, ports }: Flow): string {
  return [
    `-D -f ${vip.family === 4 ? "ipv4" : "ipv6"} -p ${protocol.toLowerCase()} --orig-dst ${formatAddress(vip)}`,
    ...(endpoint === undefined ? [] : [`--reply-src ${formatAddress(endpoint)}`]),
    ...(endpoint !== undefined && isOver === undefined && protocol === "TCP" ? ["--state SYN_SENT"] : []),
    ...(ports === undefined ? [] : [`--orig-port-dst ${ports.vip} --reply-port-src ${ports.endpoint}`]),
  ].join(" ");
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
