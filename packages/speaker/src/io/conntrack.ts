import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { formatAddress } from "@fairlead/net";
import type { Log } from "@fairlead/runtime";
import type { Conntrack, UdpFlow } from "../forwarding/ports.ts";

const execute = promisify(execFile);

/** How {@link ConntrackCommand} runs conntrack. */
export interface ConntrackCommandOptions {
  readonly log: Log;
  /** Program and leading arguments; `["conntrack"]` unless told. Tests put nsenter(1) before it. */
  readonly command?: readonly [string, ...string[]];
}

/** Forgets flows by `conntrack -D` (conntrack(8)). Where it is not installed, says so once and does nothing. */
export class ConntrackCommand implements Conntrack {
  readonly #log: Log;
  readonly #command: readonly [string, ...string[]];
  #absent = false;

  constructor({ log, command = ["conntrack"] }: ConntrackCommandOptions) {
    this.#log = log;
    this.#command = command;
  }

  async forget(flow: UdpFlow): Promise<void> {
    if (this.#absent) return;
    const [program, ...args] = this.#command;
    try {
      await execute(program, [...args, ...deletion(flow)], { timeout: 10_000 });
    } catch (error) {
      this.#report(error, flow);
    }
  }

  #report(error: unknown, flow: UdpFlow): void {
    if (isMissing(error)) {
      this.#absent = true;
      this.#log.warn(
        { program: this.#command[0] },
        "UDP clients stay on removed endpoints: conntrack is not installed",
      );
      return;
    }
    // Exit status 1 also means that no connection matched.
    const stderr = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
    if (/0 flow entries have been deleted/.test(stderr)) return;
    const fields = { vip: formatAddress(flow.vip), endpoint: formatAddress(flow.endpoint), error };
    this.#log.warn(fields, "UDP clients stay on a removed endpoint: conntrack failed");
  }
}

function deletion({ vip, port, endpoint, endpointPort }: UdpFlow): string[] {
  return [
    ...["-D", "-f", vip.family === 4 ? "ipv4" : "ipv6", "-p", "udp"],
    ...["--orig-dst", formatAddress(vip), "--orig-port-dst", String(port)],
    ...["--reply-src", formatAddress(endpoint), "--reply-port-src", String(endpointPort)],
  ];
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
