import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { ObjectCache, openStore } from "@fairlead/kube";
import { systemClock } from "@fairlead/runtime";
import { MemoryLog } from "@fairlead/runtime/testing";
import { type Daemon, until } from "@fairlead/testing";
import { quantile, report } from "./report.ts";
import { bareService, MANY, type Site, withSite } from "./site.ts";

const SERVICES = 200;
const EVERY_MILLIS = 50;

/**
 * Measures how long a Service waits for its address on a real API server: from the moment at which its creation is
 * asked for until a watch shows the address. 200 Services, 20 a second, first with the controller alone, then with three
 * speakers that follow each one. Prints a JSON line each. Run it inside hack/sandbox.
 */
export async function benchAllocate(): Promise<void> {
  await withSite(async (site) => {
    for (const object of MANY) await site.store.create(object);
    const nodes = site.cluster.lab.nodes.map(({ name }) => name);
    await Promise.all(nodes.map((node) => site.product.speaker(node).stop("SIGKILL")));
    await measure(site, "alone", []);
    for (const node of nodes) await site.product.startSpeaker(node);
    await measure(
      site,
      "followed",
      nodes.map((node) => site.product.speaker(node)),
    );
  });
}

async function measure({ store, product, cluster }: Site, name: string, speakers: readonly Daemon[]): Promise<void> {
  const created = new Map<string, number>();
  const took = new Map<string, number>();
  const cache = new ObjectCache(() => {
    for (const { name, ingress } of cache.values("Service")) {
      const start = created.get(name);
      if (start !== undefined && ingress.length > 0 && !took.has(name)) took.set(name, performance.now() - start);
    }
  });
  const watched = await openStore(
    { kubeconfig: cluster.controlPlane.adminKubeconfig },
    systemClock,
    new MemoryLog(),
    () => {},
  );
  watched.watch(["Service"], cache);
  await until("the watch has begun", () => cache.synced(["Service"]));
  const daemons = { controller: product.controllers, speakers, apiServer: [cluster.controlPlane.apiServer] };
  const before = await cpuSeconds(daemons);
  const writes: Promise<unknown>[] = [];
  for (let i = 0; i < SERVICES; i++, await delay(EVERY_MILLIS)) {
    const service = `${name}-${i}`;
    created.set(service, performance.now());
    writes.push(store.create(bareService(service)));
  }
  await Promise.all(writes);
  await until("all have addresses", () => took.size === SERVICES, { withinMillis: 60_000 });
  await watched.stop();
  const [p50, p99, max] = [0.5, 0.99, 1].map((q) => Math.round(quantile([...took.values()], q)));
  const after = await cpuSeconds(daemons);
  const used = Object.entries(after).map(([group, seconds]) => [group, round(seconds - (before[group] ?? 0))]);
  report({
    bench: "allocate",
    speakers: speakers.length,
    services: SERVICES,
    perSecond: 1000 / EVERY_MILLIS,
    p50Millis: p50,
    p99Millis: p99,
    maxMillis: max,
    cpuSeconds: Object.fromEntries(used),
  });
}

/** Processor time that processes have used so far, together for each group. */
async function cpuSeconds(groups: Readonly<Record<string, readonly Daemon[]>>): Promise<Record<string, number>> {
  const sums = Object.entries(groups).map(async ([name, daemons]) => {
    const seconds = await Promise.all(daemons.map(({ pid }) => cpuSecondsOf(pid)));
    return [name, seconds.reduce((a, b) => a + b, 0)] as const;
  });
  return Object.fromEntries(await Promise.all(sums));
}

// proc(5): utime and stime are fields 14 and 15 of stat, in hundredths of a second; the name before them may have spaces.
async function cpuSecondsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return ((user ?? 0) + (system ?? 0)) / 100;
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

if (import.meta.main) await benchAllocate();
