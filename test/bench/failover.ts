import { setTimeout as delay } from "node:timers/promises";
import { answersHttp, httpUrl, type LabNode, longestGap, startProbe, until } from "@fairlead/testing";
import { quantile, report } from "./report.ts";
import { type Site, withSite } from "./site.ts";

const RUNS = 10;

/**
 * Measures for how long clients have no answer when the owner of an address dies: its speaker killed, all its links cut.
 * From the LAN and from behind the router, 10 runs. Prints a JSON line for each client. Run it inside hack/sandbox.
 */
export async function benchFailover(): Promise<void> {
  await withSite(async (site) => {
    const { cluster, scene } = site;
    await scene.addPool();
    await scene.addService("web");
    const address = await scene.address("web");
    const gaps = { lan: [] as number[], remote: [] as number[] };
    for (let run = 0; run < RUNS; run++) {
      const owner = await until("the address has an owner", () => scene.owner(address), { withinMillis: 20_000 });
      const other = cluster.lab.nodes.find(({ name }) => name !== owner.name);
      await cluster.addPod(other?.name ?? "", `web-${run}`, { labels: { app: "web" } });
      const gap = await killOwner(site, owner, httpUrl(address));
      gaps.lan.push(gap.lan);
      gaps.remote.push(gap.remote);
      await cluster.removePod(`web-${run}`);
    }
    for (const [from, millis] of Object.entries(gaps)) {
      const [min, median, max] = [0, 0.5, 1].map((q) => Math.round(quantile(millis, q)));
      report({ bench: "failover", from, runs: RUNS, minMillis: min, medianMillis: median, maxMillis: max });
    }
  });
}

async function killOwner(site: Site, owner: LabNode, url: string): Promise<{ lan: number; remote: number }> {
  const { lab } = site.cluster;
  const clients = [lab.client, lab.remote];
  for (const { name, namespace } of clients) {
    await until(`${name} has an answer`, () => answersHttp(namespace, url, 500), { withinMillis: 20_000 });
  }
  const probes = clients.map(({ namespace }) => startProbe(namespace, url));
  await until("both probes have answers", () => probes.every((probe) => probe.results().length > 20));
  const dead = site.product.speaker(owner.name).stop("SIGKILL");
  await Promise.all([lab.cutLink(owner.name), lab.cutLink(owner.name, "management"), dead]);
  const died = performance.now();
  await until("both clients have answers again", () => {
    return probes.every((probe) => probe.results().at(-1)?.error === undefined) && performance.now() - died > 2_000;
  });
  const [lan = 0, remote = 0] = (await Promise.all(probes.map((probe) => probe.stop()))).map((results) => {
    return longestGap(results)?.millis ?? Number.NaN;
  });
  await lab.restoreLink(owner.name);
  await lab.restoreLink(owner.name, "management");
  await site.product.startSpeaker(owner.name);
  await delay(1_000); // for it to have listened
  return { lan, remote };
}

if (import.meta.main) await benchFailover();
