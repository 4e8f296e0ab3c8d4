import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { ObjectCache } from "@fairlead/kube";
import { type Daemon, until } from "@fairlead/testing";
import { quantile, report } from "./report.ts";
import { bareService, MANY, withSite } from "./site.ts";

const SERVICES = 200;
const EVERY_MILLIS = 50;

/**
 * Measures how long a Service waits for its address on a real API server: from the moment at which its creation is
 * asked for until a watch shows the address. 200 Services, 20 a second. Prints a JSON line. Run it inside hack/sandbox.
 */
export async function benchAllocate(): Promise<void> {
  await withSite(async ({ store, product, cluster }) => {
    for (const object of MANY) await store.create(object);
    const created = new Map<string, number>();
    const took = new Map<string, number>();
    const cache = new ObjectCache(() => {
      for (const { name, ingress } of cache.values("Service")) {
        const start = created.get(name);
        if (start !== undefined && ingress.length > 0 && !took.has(name)) took.set(name, performance.now() - start);
      }
    });
    store.watch(["Service"], cache);
    await until("the watch has begun", () => cache.synced(["Service"]));
    const speakers = cluster.lab.nodes.map(({ name }) => product.speaker(name));
    const daemons = { controller: product.controllers, speakers, apiServer: [cluster.controlPlane.apiServer] };
    const before = await cpuSeconds(daemons);
    const writes: Promise<unknown>[] = [];
    for (let i = 0; i < SERVICES; i++, await delay(EVERY_MILLIS)) {
      const name = `s${i}`;
      created.set(name, performance.now());
      writes.push(store.create(bareService(name)));
    }
    await Promise.all(writes);
    await until("all have addresses", () => took.size === SERVICES, { withinMillis: 60_000 });
    const millis = [...took.values()];
    const [p50, p99, max] = [0.5, 0.99, 1].map((q) => Math.round(quantile(millis, q)));
    const after = await cpuSeconds(daemons);
    const used = Object.entries(after).map(([name, seconds]) => [name, round(seconds - (before[name] ?? 0))]);
    report({
      bench: "allocate",
      services: SERVICES,
      perSecond: 1000 / EVERY_MILLIS,
      p50Millis: p50,
      p99Millis: p99,
      maxMillis: max,
      cpuSeconds: Object.fromEntries(used),
    });
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
