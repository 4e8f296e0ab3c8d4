import { spawn } from "node:child_process";
import { NftError, type NftExit, nftExitError } from "../errors.ts";
import type { Nft } from "../ports.ts";
import { parseTables, type TableName } from "../text.ts";

/** How {@link NftCommand} runs nft. */
export interface NftCommandOptions {
  /** Program and leading arguments; `["nft"]` unless told. Tests put nsenter(1) before it. */
  readonly command?: readonly [string, ...string[]];
  /** Ends an nft that hangs after this many milliseconds; 60,000 unless told. */
  readonly timeoutMillis?: number;
}

/** Loads scripts by `nft -f -`, a process for each, one at a time. */
export class NftCommand implements Nft {
  readonly #command: readonly [string, ...string[]];
  readonly #timeoutMillis: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: NftCommandOptions = {}) {
    this.#command = options.command ?? ["nft"];
    this.#timeoutMillis = options.timeoutMillis ?? 60_000;
  }

  async load(script: string): Promise<void> {
    await this.#inTurn(script);
  }

  /** Every table of this network namespace, whoever made it. @throws NftError */
  async tables(): Promise<TableName[]> {
    return parseTables(await this.#inTurn("list tables\n"));
  }

  /** Returns what nft printed. */
  #inTurn(script: string): Promise<string> {
    const run = this.#last.then(() => this.#run(script));
    this.#last = run.catch(() => undefined);
    return run;
  }

  async #run(script: string): Promise<string> {
    const exit = await this.#exit(script);
    const error = nftExitError(exit, script);
    if (error !== undefined) throw error;
    return exit.stdout;
  }

  #exit(script: string): Promise<NftExit & { readonly stdout: string }> {
    const [program, ...args] = this.#command;
    return new Promise((resolve, reject) => {
      const child = spawn(program, [...args, "-f", "-"], {
        stdio: ["pipe", "pipe", "pipe"],
        timeout: this.#timeoutMillis,
        killSignal: "SIGKILL",
      });
      let stdout = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
      });
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        // One refused element makes nft echo its whole line, which may be megabytes.
        if (stderr.length < 65_536) stderr += text;
      });
      // nft may exit before it has read everything; its status tells why.
      child.stdin.on("error", () => undefined);
      child.on("error", (cause: NodeJS.ErrnoException) => reject(startError(program, cause)));
      child.on("close", (status, signal) =>
        resolve({ status: status ?? undefined, signal: signal ?? undefined, stdout, stderr }),
      );
      child.stdin.end(script);
    });
  }
}

function startError(program: string, cause: NodeJS.ErrnoException): NftError {
  const kind = cause.code === "EACCES" || cause.code === "EPERM" ? "NotPermitted" : "NotInstalled";
  return new NftError(kind, `Cannot load nftables script: ${program} must be installed, got ${cause.message}`, {
    cause,
  });
}
