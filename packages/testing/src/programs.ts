import { fileURLToPath } from "node:url";
import { Daemon } from "./daemon.ts";
import type { ProbeResult } from "./gap.ts";
import { newLog } from "./logs.ts";
import type { Namespace } from "./netns.ts";
import { until } from "./until.ts";

/** What a workload answers: its own name, and the client's address as it saw it. */
export interface Answer {
  readonly pod: string;
  readonly client: string;
}

/** A {@link startProbe} run. */
export interface Probe {
  /** Requests finished so far. */
  results(): ProbeResult[];
  /** Opens no more connections, waits for those that are open, and returns all results. */
  stop(): Promise<ProbeResult[]>;
}

/** How a probe asks, in milliseconds. */
export interface ProbeOptions {
  /** Between two new connections; 10 unless told. */
  readonly everyMillis?: number;
  /** Until an attempt counts as failed; 300 unless told. */
  readonly timeoutMillis?: number;
}

/** Starts a workload in a namespace: HTTP and UDP on `port`, 8080 unless told. It listens when the promise resolves. */
export async function startWorkload(namespace: Namespace, name: string, port = 8080): Promise<Daemon> {
  const args = [script("workload.ts"), "--port", `${port}`, "--name", name];
  const workload = Daemon.start({
    name: `workload ${name}`,
    namespace,
    command: process.execPath,
    args,
    log: newLog(name),
  });
  await until(`workload ${name} listens`, () => workload.output().includes('"listening"'), {
    check: () => workload.assertRunning(),
  });
  return workload;
}

/** Opens a new connection to `url` every few milliseconds until it is told to stop. */
export function startProbe(
  namespace: Namespace,
  url: string,
  { everyMillis = 10, timeoutMillis = 300 }: ProbeOptions = {},
): Probe {
  const args = [script("probe.ts"), "--url", url, "--every", `${everyMillis}`, "--timeout", `${timeoutMillis}`];
  const probe = Daemon.start({ name: "probe", namespace, command: process.execPath, args, log: newLog("probe") });
  const results = (): ProbeResult[] => {
    const complete = probe.output().split("\n").slice(0, -1);
    return complete.map((line) => JSON.parse(line) as ProbeResult);
  };
  return {
    results,
    async stop() {
      probe.assertRunning();
      await probe.stop("SIGTERM");
      return results();
    },
  };
}

/**
 * One HTTP request on a new connection.
 *
 * @throws Error with curl's message when there is no answer within `timeoutMillis`.
 */
export async function askHttp(from: Namespace, url: string, timeoutMillis = 1000): Promise<Answer> {
  const limit = ["--max-time", `${timeoutMillis / 1000}`];
  const { stdout } = await from.run("curl", "--silent", "--show-error", "--noproxy", "*", "-g", ...limit, url);
  return JSON.parse(stdout) as Answer;
}

/** Whether {@link askHttp} gets an answer. */
export async function answersHttp(from: Namespace, url: string, timeoutMillis = 1000): Promise<boolean> {
  return askHttp(from, url, timeoutMillis).then(
    () => true,
    () => false,
  );
}

/**
 * One UDP datagram, from a socket that accepts an answer from the asked address only, as most clients do.
 *
 * @throws Error when there is no answer within `timeoutMillis`.
 */
export async function askUdp(from: Namespace, address: string, port: number, timeoutMillis = 1000): Promise<Answer> {
  const args = [script("ask-udp.ts"), address, `${port}`, `${timeoutMillis}`];
  const { stdout } = await from.run(process.execPath, ...args);
  return JSON.parse(stdout) as Answer;
}

/** `http://` and the address, in brackets when it is IPv6, with the port when it is not 80. */
export function httpUrl(address: string, port = 80): string {
  return `http://${address.includes(":") ? `[${address}]` : address}${port === 80 ? "" : `:${port}`}/`;
}

function script(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
