import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import type { LabNode } from "@fairlead/testing";
import { logLines, SPEAKER_METRICS } from "../e2e/product.ts";
import { allOwned, ownedByNode } from "./owners.ts";
import { report } from "./report.ts";
import { allocated, createService, createServices, stopSpeakers } from "./services.ts";
import { MANY, type Site, withSite } from "./site.ts";

/** The environment's FAIRLEAD_BENCH_SERVICES, for another look. */
const SERVICES = Number(process.env.FAIRLEAD_BENCH_SERVICES ?? 1_000);
const MEASURED_MILLIS = 20_000;
const ELEMENTS = 100_000;
const CLIENTS = 200;
const LOG_BYTES_PER_SECOND = 10_000_000;
const REST_MILLIS = 30_000;

/** What goes on beside the speaker until its signal comes. */
type Disturbance = (site: Site, node: LabNode, signal: AbortSignal) => Promise<void>;

const DISTURBANCES: Readonly<Record<string, Disturbance>> = {
  nothing: async () => undefined,
  [`another program loads ${ELEMENTS} interval elements, over and over`]: loadIntervals,
  "another program writes 10 MB of log lines a second": writeLogs,
  [`${CLIENTS} clients ask for /metrics`]: askForMetrics,
  "the whole forwarding is loaded again, over and over": reloadForwarding,
};

/**
 * Measures how late one of three speakers with 1,000 Services sends its heartbeats while its node is busy with other things, how
 * many addresses move meanwhile, and how often it was stopped for so long that it listened first. Prints JSON lines: of each
 * disturbance, how many heartbeats were later than 1, 5, 20, 50, 100, 200 and 500 ms. Run it inside hack/sandbox.
 */
export async function benchPulse(): Promise<void> {
  await withSite(async (site) => {
    for (const object of MANY) await site.store.create(object);
    await stopSpeakers(site);
    await createServices(site, "s", SERVICES);
    await allocated(site, SERVICES);
    await Promise.all(site.cluster.lab.nodes.map(({ name }) => site.product.startSpeaker(name)));
    await allOwned(site, SERVICES);
    const [node] = site.cluster.lab.nodes;
    if (node === undefined) throw new Error("Cannot measure: there is no node");
    await delay(REST_MILLIS);
    for (const [disturbance, work] of Object.entries(DISTURBANCES)) {
      await measure(site, node, disturbance, work);
    }
  });
}

async function measure(site: Site, node: LabNode, disturbance: string, work: Disturbance): Promise<void> {
  const before = await counted(site, node);
  const end = new AbortController();
  const working = work(site, node, end.signal);
  await Promise.race([delay(MEASURED_MILLIS), working.then(() => delay(MEASURED_MILLIS))]);
  end.abort();
  await working;
  const after = await counted(site, node);
  const later = (seconds: string) => {
    const upTo = (at: typeof after) => at.delays.get(seconds) ?? 0;
    return after.ticks - before.ticks - (upTo(after) - upTo(before));
  };
  report({
    bench: "pulse",
    disturbance,
    services: SERVICES,
    owned: [...after.owners.values()].filter((owner) => owner === node.name).length,
    heartbeats: after.ticks - before.ticks,
    laterThanMillis: Object.fromEntries(
      ["0.001", "0.005", "0.02", "0.05", "0.1", "0.2", "0.5"].map((seconds) => [
        1_000 * Number(seconds),
        later(seconds),
      ]),
    ),
    moves: [...before.owners].filter(([address, owner]) => after.owners.get(address) !== owner).length,
    stops: after.stops - before.stops,
  });
}

async function counted(site: Site, node: LabNode) {
  const text = await (await fetch(metricsOf(node))).text();
  const ticks = [...text.matchAll(/^fairlead_l2_tick_delay_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm)];
  const delays = new Map(ticks.map(([, le = "", count]) => [le, Number(count)]));
  const owned = [...(await ownedByNode(site))];
  const lines = logLines(site.product.speaker(node.name));
  return {
    delays,
    ticks: delays.get("+Inf") ?? 0,
    owners: new Map(owned.flatMap(([name, list]) => list.map(({ address }) => [address, name] as const))),
    stops: lines.filter(({ msg }) => msg.startsWith("the speaker was stopped")).length,
  };
}

function metricsOf({ management }: LabNode): string {
  return `http://${management}:${SPEAKER_METRICS}/metrics`;
}

async function loadIntervals(_site: Site, { namespace }: LabNode, signal: AbortSignal): Promise<void> {
  const elements = Array.from({ length: ELEMENTS }, (_, i) => `10.${i >> 15}.${(i >> 7) & 255}.${(2 * i) & 255}`);
  const script = `add table ip other
delete table ip other
table ip other {
	set many { type ipv4_addr; flags interval; elements = { ${elements.join(", ")} } }
}
`;
  let loads = 0;
  const began = performance.now();
  while (!signal.aborted) {
    await namespace.nft(script);
    loads += 1;
  }
  console.error(`bench: ${loads} loads of ${ELEMENTS} elements in ${Math.round(performance.now() - began)} ms`);
  await namespace.nft("delete table ip other\n");
}

async function writeLogs(_site: Site, _node: LabNode, signal: AbortSignal): Promise<void> {
  const line = `{"level":"info","msg":"${"x".repeat(960)}"}\n`;
  const lines = LOG_BYTES_PER_SECOND / line.length / 100;
  const script = `setInterval(() => { for (let i = 0; i < ${lines}; i++) process.stdout.write(${JSON.stringify(line)}); }, 10)`;
  const writer = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "ignore", "inherit"] });
  await new Promise((done) => signal.addEventListener("abort", done));
  writer.kill();
}

async function askForMetrics(_site: Site, node: LabNode, signal: AbortSignal): Promise<void> {
  let answers = 0;
  const client = async () => {
    while (!signal.aborted) {
      const answer = await fetch(metricsOf(node));
      await answer.text();
      answers += 1;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  console.error(`bench: ${answers} answers of /metrics`);
}

async function reloadForwarding(site: Site, { namespace }: LabNode, signal: AbortSignal): Promise<void> {
  let reloads = 0;
  for (; !signal.aborted; reloads++) {
    await namespace.nft("delete table inet fairlead\n");
    // What is changed next does not fit: all of it is loaded anew.
    await createService(site, `reload-${reloads}`);
    await delay(1_000);
  }
  console.error(`bench: ${reloads} times`);
}

if (import.meta.main) await benchPulse();
