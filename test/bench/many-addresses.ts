import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type LabNode, longestGap, until } from "@fairlead/testing";
import { logLines } from "../e2e/product.ts";
import { startNeighborProbe } from "./neighbor-probe-daemon.ts";
import { allOwned, ownedByNode } from "./owners.ts";
import { withCpuSeconds } from "./processes.ts";
import { quantile, report } from "./report.ts";
import { allocated, createServices } from "./services.ts";
import { loseNode, MANY, type Site, withSite } from "./site.ts";
import type { WireCount } from "./wire-meter.ts";

const NODES = 5;
const ADDRESSES = 1_000;
const ASK_EVERY_MILLIS = 250;
const IDLE_SECONDS = 20;
const RUNS = Number(process.env.RUNS ?? 5);
const PATIENCE = { withinMillis: 120_000, everyMillis: 500 };

/**
 * Measures 1,000 addresses on 5 nodes: what heartbeats and an idle speaker cost, and for how long addresses are without an
 * answer to ARP when a node is lost, asked for every 250 ms from the LAN. Prints JSON lines. Run it inside hack/sandbox.
 */
export async function benchManyAddresses(): Promise<void> {
  await withSite(
    async (site) => {
      for (const object of MANY) await site.store.create(object);
      await createServices(site, "s", ADDRESSES);
      await allocated(site, ADDRESSES);
      await allOwned(site, ADDRESSES);
      await measureIdle(site);
      for (let run = 0; run < RUNS; run++) {
        const node = site.cluster.lab.nodes[run % NODES];
        if (node !== undefined) await measureLoss(site, node);
      }
    },
    { nodes: NODES },
  );
}

async function measureIdle(site: Site): Promise<void> {
  const { lab } = site.cluster;
  await delay(30_000); // bursts of announcements are over, and what the Services have left in memory is given back
  const groups = Object.fromEntries(lab.nodes.map(({ name }) => [name, [site.product.speaker(name)]]));
  const meter = fileURLToPath(new URL("wire-meter.ts", import.meta.url));
  const { result, cpuSeconds } = await withCpuSeconds(groups, () =>
    lab.client.namespace.run(process.execPath, meter, "--seconds", `${IDLE_SECONDS}`),
  );
  const { heartbeats } = JSON.parse(result.stdout) as WireCount;
  const bits = Object.values(heartbeats).map(({ bitsPerSecond }) => bitsPerSecond);
  const shares = Object.values(cpuSeconds).map((seconds) => Math.round((1_000 * seconds) / IDLE_SECONDS) / 10);
  report({
    bench: "manyAddresses",
    when: "idle",
    nodes: NODES,
    addresses: ADDRESSES,
    heartbeatBitsPerSecond: bits,
    speakerCpuPercent: shares,
  });
}

async function measureLoss(site: Site, node: LabNode): Promise<void> {
  const { lab } = site.cluster;
  const before = await ownedByNode(site);
  const lost = new Set(before.get(node.name)?.map(({ address }) => address));
  const all = [...before.values()].flat().map(({ address }) => address);
  const probe = startNeighborProbe(lab.client.namespace, all, ASK_EVERY_MILLIS);
  await until("the client asks", probe.asking, PATIENCE);
  await delay(2_000);
  await loseNode(site, node);
  await delay(5_000);
  const gaps = [...(await probe.stop())].map(([address, results]) => {
    return { address, millis: longestGap(results)?.millis ?? Number.NaN };
  });
  const [ofLost = [], ofOthers = []] = [true, false].map((isLost) => {
    return gaps.filter(({ address }) => lost.has(address) === isLost).map(({ millis }) => millis);
  });
  const round = (millis: readonly number[]) => [0.5, 0.99, 1].map((q) => Math.round(quantile(millis, q)));
  const [medianMillis, p99Millis, maxMillis] = round(ofLost);
  report({
    bench: "manyAddresses",
    when: "one node lost",
    lost: lost.size,
    askedEveryMillis: ASK_EVERY_MILLIS,
    medianMillis,
    p99Millis,
    maxMillis,
    maxMillisOfOthers: round(ofOthers)[2],
  });
  await lab.restoreLink(node.name);
  await lab.restoreLink(node.name, "management");
  await site.product.startSpeaker(node.name);
  await allOwned(site, ADDRESSES);
  await until("it is heard again", () => {
    const others = lab.nodes.filter(({ name }) => name !== node.name);
    return others.every(({ name }) => logLines(site.product.speaker(name)).at(-1) !== undefined);
  });
  await delay(3_000);
}

if (import.meta.main) await benchManyAddresses();
