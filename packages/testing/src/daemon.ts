import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Namespace } from "./netns.ts";

/** What to run, where, and where its output goes. */
export interface DaemonOptions {
  /** What it is called in errors. */
  readonly name: string;
  readonly namespace: Namespace;
  readonly command: string;
  readonly args: readonly string[];
  /** File that stdout and stderr are appended to. */
  readonly log: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that runs in a namespace until it is stopped, with its output in a file. */
export class Daemon {
  readonly name: string;
  readonly log: string;
  readonly #child: ChildProcess;
  #failure: Error | undefined;

  private constructor(name: string, log: string, child: ChildProcess) {
    this.name = name;
    this.log = log;
    this.#child = child;
    child.on("error", (error) => {
      this.#failure = error;
    });
  }

  /** Starts the program. That it started well shows in its output or in {@link running} later. */
  static start({ name, namespace, command, args, log, env }: DaemonOptions): Daemon {
    const file = openSync(log, "a");
    try {
      const child = namespace.start(command, args, {
        stdio: ["ignore", file, file],
        env: env === undefined ? process.env : { ...process.env, ...env },
      });
      return new Daemon(name, log, child);
    } finally {
      closeSync(file);
    }
  }

  /** Process id; 0 when the program could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Whether the program has neither failed to start nor ended. */
  get running(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Everything that it has printed. */
  output(): string {
    return readFileSync(this.log, "utf8");
  }

  /** @throws Error with the last lines of the log when the program no longer runs. */
  assertRunning(): void {
    if (this.running) return;
    const status = this.#child.signalCode ?? `status ${this.#child.exitCode}`;
    const end = this.#failure ? `could not be started: ${this.#failure.message}` : `ended with ${status}`;
    const last = this.output().trimEnd().split("\n").slice(-20).join("\n");
    throw new Error(`Cannot go on without ${this.name}: it ${end}; end of ${this.log}:\n${last}`);
  }

  /** Sends a signal; a process that is stopped (SIGSTOP) counts as running. Nothing happens when it has ended. */
  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#child.kill(signal);
  }

  /** Ends the program and waits until it is gone; SIGKILL follows when `signal` was not enough within `graceMillis`. */
  async stop(signal: NodeJS.Signals = "SIGTERM", graceMillis = 10_000): Promise<void> {
    if (!this.running) return;
    const gone = once(this.#child, "exit");
    this.#child.kill(signal);
    const patience = new AbortController();
    const overdue = delay(graceMillis, "overdue", { signal: patience.signal }).catch(() => undefined);
    if ((await Promise.race([gone, overdue])) === "overdue") this.#child.kill("SIGKILL");
    await gone;
    patience.abort();
  }
}
