import { setTimeout as delay } from "node:timers/promises";
import { memoryOf } from "./processes.ts";
import { report } from "./report.ts";
import { allocated, createServices } from "./services.ts";
import { MANY, type Site, withSite } from "./site.ts";

const SERVICES = [0, 100];
/** For bursts to be over: the controller looks every 5 s whether it may give memory back. */
const REST_MILLIS = 20_000;

/**
 * Measures what the processes hold at rest, with no Services and with some, on three nodes: what the
 * memory requests of config/ are set by. Prints JSON lines. Run it inside hack/sandbox.
 */
export async function benchMemory(): Promise<void> {
  await withSite(async (site) => {
    for (const object of MANY) await site.store.create(object);
    for (const [i, services] of SERVICES.entries()) {
      await createServices(site, `s${i}`, services - (SERVICES[i - 1] ?? 0));
      await allocated(site, services);
      await delay(REST_MILLIS);
      await reportAll(site, services);
    }
  });
}

async function reportAll({ product, cluster }: Site, services: number): Promise<void> {
  const speakers = cluster.lab.nodes.map(({ name }) => [`speaker-${name}`, product.speaker(name)] as const);
  const controllers = product.controllers.map((daemon, i) => [`controller-${i}`, daemon] as const);
  for (const [process, daemon] of [...speakers, ...controllers]) {
    report({ bench: "memory", services, process, ...(await memoryOf(daemon)) });
  }
}
