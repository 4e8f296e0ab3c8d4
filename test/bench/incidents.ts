import { setTimeout as delay } from "node:timers/promises";
import { longestGap, type ProbeResult, until } from "@fairlead/testing";
import { cutHeartbeats, restoreHeartbeats } from "../e2e/lost-heartbeats.ts";
import { logLines } from "../e2e/product.ts";
import { startNeighborProbe } from "./neighbor-probe-daemon.ts";
import { quantile, report } from "./report.ts";
import { type Site, withSite } from "./site.ts";

const SERVICES = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const ASK_EVERY_MILLIS = 50;
const BOUNCES = 20;
const DOWN_MILLIS = 3_000;
/** The environment's CUT_SECONDS, for a shorter look. */
const CUT_SECONDS = Number(process.env.CUT_SECONDS ?? 600);
const PATIENCE = { withinMillis: 30_000 };

/**
 * Replays two incidents (U-07, U-08) with ten addresses on three nodes, asked for every 50 ms by ARP from the LAN: an
 * owner's heartbeats dropped for ten minutes while clients reach it, and a switch that restarts 20 times. Prints JSON lines.
 * Run it inside hack/sandbox.
 */
export async function benchIncidents(): Promise<void> {
  await withSite(async (site) => {
    await site.scene.addPool();
    for (const name of SERVICES) await site.scene.addService(name);
    const addresses = await Promise.all(SERVICES.map((name) => site.scene.address(name)));
    for (const address of addresses) await until(`${address} has an owner`, () => site.scene.owner(address), PATIENCE);
    await lanBounces(site, addresses);
    await agentNetworkCut(site, addresses);
  });
}

function moves({ cluster, product }: Site): number {
  return cluster.lab.nodes.flatMap(({ name }) => {
    return logLines(product.speaker(name)).filter(({ msg }) => msg.startsWith("address announced"));
  }).length;
}

async function agentNetworkCut(site: Site, addresses: readonly string[]): Promise<void> {
  const { cluster, scene } = site;
  await delay(5_000);
  const owner = await scene.owner(addresses[0] ?? "");
  const before = moves(site);
  const probe = startNeighborProbe(cluster.lab.client.namespace, addresses, ASK_EVERY_MILLIS);
  await until("the client asks", probe.asking, PATIENCE);
  await delay(1_000);
  await cutHeartbeats(cluster, owner);
  await delay(1_000 * CUT_SECONDS);
  await restoreHeartbeats(cluster, owner);
  await delay(5_000);
  const results = [...(await probe.stop()).values()];
  report({
    bench: "incidents",
    incident: "heartbeats of an owner dropped",
    seconds: CUT_SECONDS,
    questions: results.flat().length,
    answeredByTwo: results.flat().filter(({ others }) => others > 0).length,
    longestGapMillis: Math.round(Math.max(...results.map((each) => longestGap(each)?.millis ?? Number.NaN))),
    moves: moves(site) - before,
  });
}

async function lanBounces(site: Site, addresses: readonly string[]): Promise<void> {
  const { lab } = site.cluster;
  const each = (work: (node: string) => Promise<void>) => Promise.all(lab.nodes.map(({ name }) => work(name)));
  const millis: number[] = [];
  for (let bounce = 0; bounce < BOUNCES; bounce++) {
    await each((name) => lab.cutLink(name));
    await delay(DOWN_MILLIS);
    const probe = startNeighborProbe(lab.client.namespace, addresses, ASK_EVERY_MILLIS);
    await until("the client asks", probe.asking, PATIENCE);
    await each((name) => lab.restoreLink(name));
    const up = Number(process.hrtime.bigint()) / 1e6;
    await delay(5_000);
    const answered = [...(await probe.stop()).values()].map((results) => firstAnswer(results, up));
    millis.push(Math.max(...answered) - up);
  }
  const [min, median, max] = [0, 0.5, 1].map((q) => Math.round(quantile(millis, q)));
  report({
    bench: "incidents",
    incident: "switch restarted",
    times: BOUNCES,
    allAnswerAfter: { minMillis: min, medianMillis: median, maxMillis: max },
  });
}

function firstAnswer(results: readonly ProbeResult[], from: number): number {
  const times = results
    .filter(({ error, endedAt }) => error === undefined && endedAt >= from)
    .map(({ endedAt }) => endedAt);
  return Math.min(...times);
}

if (import.meta.main) await benchIncidents();
