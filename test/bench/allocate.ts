import { setTimeout as delay } from "node:timers/promises";
import { ObjectCache } from "@fairlead/kube";
import { until } from "@fairlead/testing";
import { quantile, report } from "./report.ts";
import { bareService, MANY, withSite } from "./site.ts";

const SERVICES = 200;
const EVERY_MILLIS = 50;

/**
 * Measures how long a Service waits for its address on a real API server: from the moment at which its creation is
 * asked for until a watch shows the address. 200 Services, 20 a second. Prints a JSON line. Run it inside hack/sandbox.
 */
export async function benchAllocate(): Promise<void> {
  await withSite(async ({ store }) => {
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
    report({
      bench: "allocate",
      services: SERVICES,
      perSecond: 1000 / EVERY_MILLIS,
      p50Millis: p50,
      p99Millis: p99,
      maxMillis: max,
    });
  });
}

if (import.meta.main) await benchAllocate();
