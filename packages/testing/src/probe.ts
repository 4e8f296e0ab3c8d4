// Asks a workload again and again, each time on a new TCP connection, and prints a ProbeResult per request as a JSON line:
// node packages/testing/src/probe.ts --url http://192.168.50.200/ [--every 10] [--timeout 300] [--for 5000]   (milliseconds)
// Without --for it goes on until SIGTERM. Requests do not wait for each other.
import { type ClientRequest, get } from "node:http";
import { parseArgs } from "node:util";
import { monotonicMillis, type ProbeResult } from "./gap.ts";

const { values } = parseArgs({
  options: {
    url: { type: "string" },
    every: { type: "string", default: "10" },
    timeout: { type: "string", default: "300" },
    for: { type: "string", default: "Infinity" },
  },
});
const { url } = values;
if (url === undefined) {
  console.error("probe: Cannot start: --url is needed");
  process.exit(2);
}
const timeoutMillis = Number(values.timeout);

function ask(target: string): void {
  const startedAt = monotonicMillis();
  let reported = false;
  let request: ClientRequest | undefined;
  const report = (outcome: Omit<ProbeResult, "startedAt" | "endedAt">): void => {
    if (reported) return;
    reported = true;
    clearTimeout(deadline);
    const result: ProbeResult = { startedAt, endedAt: monotonicMillis(), ...outcome };
    console.log(JSON.stringify(result));
    request?.destroy();
  };
  const deadline = setTimeout(() => report({ error: "ETIMEDOUT" }), timeoutMillis);
  request = get(target, { agent: false, headers: { connection: "close" } }, (response) => {
    let body = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      body += chunk;
    });
    response.on("end", () => report(readAnswer(response.statusCode ?? 0, body)));
    response.on("error", (error: NodeJS.ErrnoException) => report({ error: error.code ?? error.message }));
  });
  request.on("error", (error: NodeJS.ErrnoException) => report({ error: error.code ?? error.message }));
}

function readAnswer(status: number, body: string): { pod: string; client: string } | { error: string } {
  try {
    const { pod, client } = JSON.parse(body) as { pod: string; client: string };
    return status === 200 ? { pod, client } : { error: `HTTP ${status}` };
  } catch {
    return { error: `HTTP ${status}, not JSON` };
  }
}

const timer = setInterval(() => ask(url), Number(values.every));
const stop = (): void => clearInterval(timer);
process.on("SIGTERM", stop);
if (Number.isFinite(Number(values.for))) setTimeout(stop, Number(values.for));
ask(url);
