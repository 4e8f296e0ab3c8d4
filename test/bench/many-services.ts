import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Daemon, type LabNode, longestGap, monotonicMillis, newLog, until } from "@fairlead/testing";
import { each } from "./bare-client.ts";
import { type NeighborResult, startNeighborProbe } from "./neighbor-probe-daemon.ts";
import { allOwned, ownedByNode } from "./owners.ts";
import { memoryOf } from "./processes.ts";
import { quantile, report } from "./report.ts";
import { ALLOCATIONS, allocated, createServices, stopSpeakers } from "./services.ts";
import { loseNode, MANY, type Site, withSite } from "./site.ts";
import type { WireCount } from "./wire-meter.ts";

/** The environment's FAIRLEAD_BENCH_SERVICES, for a look on a slow machine. */
const SERVICES = Number(process.env.FAIRLEAD_BENCH_SERVICES ?? 5_000);
const NAMES = "s";
/** Addresses are asked for one after the other, so that of many the last to answer is known far better than to this. */
const ASK_EVERY_MILLIS = 1_000;
/** Of those that were on a lost node. */
const ASK_LOST_EVERY_MILLIS = 250;
const REST_MILLIS = 20_000;
const PATIENCE = { withinMillis: 120_000, everyMillis: 500 };

/**
 * Measures three speakers that start together with 5,000 Services of three endpoints each: from the start of the last one,
 * how long until every address answers to ARP from the LAN; unasked ARP packets; how late heartbeats were; epochs, second
 * answers, and how the addresses are spread; the speakers' memory at rest; then how long addresses of a node that is lost are
 * without an answer. Prints JSON lines. Run it inside hack/sandbox.
 */
export async function benchManyServices(): Promise<void> {
  await withSite(async (site) => {
    for (const object of MANY) await site.store.create(object);
    await stopSpeakers(site);
    await createServices(site, NAMES, SERVICES);
    await createEndpoints(site);
    await allocated(site, SERVICES);
    await startTogether(site);
    await delay(REST_MILLIS);
    for (const { name } of site.cluster.lab.nodes) {
      const memory = await memoryOf(site.product.speaker(name));
      report({ bench: "manyServices", step: "at rest", services: SERVICES, node: name, ...memory });
    }
    const [node] = site.cluster.lab.nodes;
    if (node !== undefined) await measureLoss(site, node);
  });
}

/** For each Service, an EndpointSlice with an endpoint on each node. */
async function createEndpoints({ store, cluster }: Site): Promise<void> {
  await each(SERVICES, async (i) => {
    await store.create({
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: {
        name: `${NAMES}-${i}-1`,
        namespace: "default",
        labels: { "kubernetes.io/service-name": `${NAMES}-${i}` },
      },
      addressType: "IPv4",
      ports: [{ name: "http", port: 8080, protocol: "TCP" }],
      endpoints: cluster.lab.nodes.map(({ name, number }) => ({
        addresses: [`10.${200 + number}.${i >> 8}.${i & 255}`],
        nodeName: name,
        conditions: { ready: true },
      })),
    });
  });
}

async function startTogether(site: Site): Promise<void> {
  const { product, cluster } = site;
  const { client, nodes } = cluster.lab;
  const addresses = await allocatedAddresses(site);
  const meter = startWireMeter(site);
  const probe = startNeighborProbe(client.namespace, addresses, ASK_EVERY_MILLIS);
  await until("the client asks", probe.asking, PATIENCE);
  const starting = nodes.map(({ name }) => product.startSpeaker(name));
  const startedAt = monotonicMillis();
  await Promise.all(starting);
  await allOwned(site, SERVICES);
  await delay(5_000);
  const results = await probe.stop();
  const { heartbeats, unaskedArp } = await meter();
  const owned = await ownedByNode(site);
  const first = addresses.flatMap((address) => firstAnswer(results.get(address) ?? []));
  const gaps = Object.values(heartbeats).flatMap(({ gapMillis }) => gapMillis);
  report({
    bench: "manyServices",
    step: "started together",
    services: SERVICES,
    answersMillis: rounded(first.map((answeredAt) => answeredAt - startedAt)),
    unanswered: addresses.length - first.length,
    askedEveryMillis: ASK_EVERY_MILLIS,
    unaskedArp,
    heartbeatGapMillis: rounded(gaps),
    highestEpoch: Math.max(...[...owned.values()].flat().map(({ epoch }) => epoch)),
    secondAnswers: [...results.values()].flat().filter(({ others }) => others > 0).length,
    ownedByNode: Object.fromEntries([...owned].map(([name, list]) => [name, list.length])),
  });
}

/** IPAllocations are named after their addresses. */
async function allocatedAddresses({ cluster }: Site): Promise<string[]> {
  const { items } = (await cluster.controlPlane.api.get(ALLOCATIONS)) as { items: { metadata: { name: string } }[] };
  return items.map(({ metadata }) => metadata.name);
}

async function measureLoss(site: Site, node: LabNode): Promise<void> {
  const { lab } = site.cluster;
  const lost = (await ownedByNode(site)).get(node.name)?.map(({ address }) => address) ?? [];
  const probe = startNeighborProbe(lab.client.namespace, lost, ASK_LOST_EVERY_MILLIS);
  await until("the client asks", probe.asking, PATIENCE);
  await delay(2_000);
  await loseNode(site, node);
  await delay(5_000);
  const gaps = [...(await probe.stop()).values()].map((results) => longestGap(results)?.millis ?? Number.NaN);
  report({
    bench: "manyServices",
    step: "one node lost",
    lost: lost.length,
    askedEveryMillis: ASK_LOST_EVERY_MILLIS,
    gapMillis: rounded(gaps),
  });
}

/** Counts what goes over the LAN until the returned function is called. */
function startWireMeter({ cluster }: Site): () => Promise<WireCount> {
  const { namespace } = cluster.lab.client;
  const name = "wire-meter";
  const args = [fileURLToPath(new URL("wire-meter.ts", import.meta.url))];
  const daemon = Daemon.start({ name, namespace, command: process.execPath, args, log: newLog(name) });
  return async () => {
    daemon.assertRunning();
    await daemon.stop("SIGTERM");
    return JSON.parse(daemon.output()) as WireCount;
  };
}

/** When the first answer came, or nothing. */
function firstAnswer(results: readonly NeighborResult[]): number[] {
  return results
    .filter(({ error }) => error === undefined)
    .map(({ endedAt }) => endedAt)
    .toSorted((a, b) => a - b)
    .slice(0, 1);
}

function rounded(millis: readonly number[]): Readonly<Record<"median" | "p99" | "max", number>> {
  const [median = Number.NaN, p99 = Number.NaN, max = Number.NaN] = [0.5, 0.99, 1].map((q) =>
    Math.round(quantile(millis, q)),
  );
  return { median, p99, max };
}

if (import.meta.main) await benchManyServices();
