import { setTimeout as delay } from "node:timers/promises";
import { ObjectCache } from "@fairlead/kube";
import { openStore } from "@fairlead/kube/io";
import { systemClock } from "@fairlead/runtime/io";
import { MemoryLog } from "@fairlead/runtime/testing";
import { type Daemon, until } from "@fairlead/testing";
import { NAMESPACE } from "../e2e/product.ts";
import { quiet } from "./api-writes.ts";
import { BareClient } from "./bare-client.ts";
import { removeAllocations, writeBoth } from "./bare-writes.ts";
import { withCpuSeconds } from "./processes.ts";
import { quantile, report } from "./report.ts";
import {
  allocated,
  controlPlaneOf,
  createService,
  createServices,
  prepare,
  stopSpeakers,
  UNSERVED,
} from "./services.ts";
import { type Site, withSite } from "./site.ts";

const SERVICES = 200;
const EVERY_MILLIS = 50;
const PRESENT = 5_000;

/**
 * Measures how long a Service waits for its address on a real API server: from the moment at which its creation is
 * asked for until a watch shows the address. 200 Services, 20 a second: with the controller alone, with three speakers
 * that follow each one, and among 5,000 Services that have addresses. Beside it, what the API server alone takes: a client
 * creates Services at the same pace and writes their allocations and statuses, each as soon as it can. Prints a JSON line
 * each. Run it inside hack/sandbox.
 */
export async function benchAllocate(): Promise<void> {
  await withSite(async (site) => {
    const { cluster, product } = site;
    const nodes = cluster.lab.nodes.map(({ name }) => name);
    await prepare(site);
    await measureBare(site, "bare", 0);
    await measure(site, "alone", [], 0);
    for (const node of nodes) await product.startSpeaker(node);
    const speakers = nodes.map((node) => product.speaker(node));
    await measure(site, "followed", speakers, SERVICES);
    await stopSpeakers(site);
    await createServices(site, "present", PRESENT);
    const present = PRESENT + 2 * SERVICES;
    await allocated(site, present);
    await quiet(site);
    await measure(site, "among-many", [], present);
    await measureBare(site, "bare-among-many", present + SERVICES);
  });
}

async function measure(site: Site, name: string, speakers: readonly Daemon[], present: number): Promise<void> {
  const { product, cluster } = site;
  const created = new Map<string, number>();
  const took = new Map<string, number>();
  const cache = new ObjectCache((kind, key) => {
    const read = key === undefined ? undefined : cache.all(kind as "Service").get(key)?.read;
    if (read === undefined || !("value" in read)) return;
    const { name, ingress } = read.value;
    const start = created.get(name);
    if (start !== undefined && ingress.length > 0 && !took.has(name)) took.set(name, performance.now() - start);
  });
  const watched = await openStore(
    { kubeconfig: cluster.controlPlane.adminKubeconfig },
    systemClock,
    new MemoryLog(),
    () => {},
  );
  watched.watch(["Service"], cache);
  await until("the watch has begun", () => cache.synced(["Service"]));
  const processes = { controller: product.controllers, speakers, ...controlPlaneOf(site) };
  const { cpuSeconds } = await withCpuSeconds(processes, async () => {
    await paced(async (i) => {
      created.set(`${name}-${i}`, performance.now());
      await createService(site, `${name}-${i}`);
    });
    await until("all have addresses", () => took.size === SERVICES, { withinMillis: 60_000 });
  });
  await watched.stop();
  const latency = latencyOf([...took.values()]);
  report({ bench: "allocate", by: "controller", speakers: speakers.length, present, ...latency, cpuSeconds });
}

// No controller runs meanwhile: it would free what is not its own.
async function measureBare(site: Site, name: string, present: number): Promise<void> {
  const { product, cluster } = site;
  await product.controllers[0]?.stop();
  const bare = await BareClient.open(await cluster.controlPlane.kubeconfigFor(NAMESPACE, "fairlead-controller"));
  const took: number[] = [];
  const processes = { client: [process], ...controlPlaneOf(site) };
  const { cpuSeconds } = await withCpuSeconds(processes, () =>
    paced(async (i) => {
      const start = performance.now();
      await writeBoth(bare, await createService(site, `${name}-${i}`, UNSERVED), i);
      took.push(performance.now() - start);
    }),
  );
  await removeAllocations(bare, SERVICES);
  bare.close();
  await product.startController(0);
  await until("the controller leads", () => product.leader());
  report({ bench: "allocate", by: "bare client", present, ...latencyOf(took), cpuSeconds });
}

async function paced(work: (i: number) => Promise<void>): Promise<void> {
  const running: Promise<void>[] = [];
  for (let i = 0; i < SERVICES; i++, await delay(EVERY_MILLIS)) running.push(work(i));
  await Promise.all(running);
}

function latencyOf(millis: readonly number[]): Readonly<Record<string, number>> {
  const [p50Millis = 0, p99Millis = 0, maxMillis = 0] = [0.5, 0.99, 1].map((q) => Math.round(quantile(millis, q)));
  return { services: SERVICES, perSecond: 1000 / EVERY_MILLIS, p50Millis, p99Millis, maxMillis };
}

if (import.meta.main) await benchAllocate();
