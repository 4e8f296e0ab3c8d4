import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { UsageError } from "../usage-error.ts";
import type { LogFormat, LogLevel } from "./log.ts";
import { LOG_LEVELS } from "./log.ts";

/** Exit status for a wrong flag or a configuration that can't be used. */
export const USAGE_EXIT_STATUS = 2;

/** Options that every Fairlead process has. */
export interface CommonOptions {
  readonly kubeconfig?: string;
  /** Folder of the folder store, from `--store dir:PATH`. */
  readonly store?: string;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly metricsPort: number;
}

/** A command line with the options that every Fairlead process has. */
export function createProgram(name: string, description: string, version: string, metricsPort: number): Command {
  return new Command(name)
    .description(description)
    .version(version)
    .addOption(new Option("--kubeconfig <file>", "kubeconfig of the cluster; the pod's service account unless given"))
    .addOption(
      new Option("--store <dir:path>", "folder of YAML manifests in place of a cluster, as dir:PATH")
        .argParser(parseStore)
        .conflicts("kubeconfig"),
    )
    .addOption(new Option("--log-level <level>", "least level that is logged").choices(LOG_LEVELS).default("info"))
    .addOption(
      new Option("--log-format <format>", "one JSON object a line, or lines for people")
        .choices(["json", "pretty"])
        .default(process.stdout.isTTY ? "pretty" : "json", "pretty on a terminal, else json"),
    )
    .addOption(
      new Option("--metrics-port <n>", "port of /metrics, /healthz and /readyz; 0 disables them")
        .argParser(integer(0, 65_535))
        .default(metricsPort),
    )
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} });
}

/**
 * Runs `main` with the parsed options. A wrong flag or a {@link UsageError} becomes one line on standard error and exit
 * status 2; any other error, exit status 1.
 */
export async function runProgram<Options>(program: Command, main: (options: Options) => Promise<void>): Promise<void> {
  try {
    program.parse();
    await main(program.opts() as Options);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const usage = error instanceof CommanderError || error instanceof UsageError;
    const message = error instanceof Error ? error.message.replace(/^error: /, "") : String(error);
    process.stderr.write(`${program.name()}: ${message.replaceAll("\n", " ")}\n`);
    // What was opened so far would keep the process alive.
    process.exit(usage ? USAGE_EXIT_STATUS : 1);
  }
}

/** Reads a whole number from `least` to `most`, for commander. */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** Waits for SIGTERM or SIGINT; a second one ends the process at once. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    // Nothing else may keep a process alive that only waits: its timers and watches do not.
    const alive = setInterval(() => {}, 2 ** 30);
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => {
        clearInterval(alive);
        process.once(signal, () => process.exit(1));
        resolve(signal);
      });
    }
  });
}

function parseStore(text: string): string {
  if (/^dir:./.test(text)) return text.slice("dir:".length);
  throw new InvalidArgumentError("It must be dir:PATH.");
}
