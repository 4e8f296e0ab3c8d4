import { until } from "@fairlead/testing";
import { logLines, NAMESPACE } from "../e2e/product.ts";
import { BareClient, each } from "./bare-client.ts";
import { removeAllocations, writeBoth, writeStatus } from "./bare-writes.ts";
import { cpuSecondsOf, withCpuSeconds } from "./processes.ts";
import { report } from "./report.ts";
import {
  allocated,
  type CreatedService,
  controlPlaneOf,
  countOf,
  createServices,
  prepare,
  UNSERVED,
} from "./services.ts";
import { type Site, withSite } from "./site.ts";

const SIZES = [1_000, 2_000, 5_000];
const ROUNDS = 2;
/** For the rate of statuses alone. */
const STATUSES = 1_000;
const EVENTS = "/api/v1/namespaces/default/events";

/** A run of the controller, from its start to the last address. */
interface Start {
  /** Services a second, from the first decision, before anything is written, to the last address. */
  readonly perSecond: number;
  /** From the start of the process. */
  readonly perSecondSinceStart: number;
  readonly leadsAfterMillis: number;
  readonly listedAfterMillis: number;
}

/**
 * Measures how many Services a second get their addresses when a controller starts and finds thousands without. Beside it,
 * in turn on the same API server, a client that does nothing but write the same objects for as many other Services, over as
 * many connections: what the API server allows. No speaker runs. Prints a JSON line for each run, and for each number of
 * Services one with the ratios of the mean rates. Run it inside hack/sandbox.
 *
 * @param sizes - numbers of Services.
 */
export async function benchColdStart(sizes: readonly number[] = SIZES): Promise<void> {
  for (const services of sizes) await withSite((site) => measure(site, services));
}

async function measure(site: Site, services: number): Promise<void> {
  await prepare(site);
  await site.product.controllers[0]?.stop();
  const { controlPlane } = site.cluster;
  const kubeconfig = await controlPlane.kubeconfigFor(NAMESPACE, "fairlead-controller");
  const bare = await BareClient.open(kubeconfig);
  const others = await createServices(site, "status", STATUSES, UNSERVED);
  const perSecond = await rateOf(others, (service, i) => writeStatus(bare, service, i));
  report({ bench: "coldStart", by: "bare client, statuses alone", services: STATUSES, perSecond });
  bare.close();
  const perSecondOf = { bare: [] as number[], controller: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    perSecondOf.bare.push(await runBare(site, kubeconfig, services, round));
    perSecondOf.controller.push((await runController(site, services, round)).perSecond);
    await allocated(site, services * (round + 1));
  }
  const ratio = Math.round((100 * mean(perSecondOf.controller)) / mean(perSecondOf.bare)) / 100;
  report({ bench: "coldStart", by: "both", services, perSecond: perSecondOf, ratio });
}

// Opens its connections anew, as a controller that starts does.
async function runBare(site: Site, kubeconfig: string, services: number, round: number): Promise<number> {
  const others = await createServices(site, `bare-${round}`, services, UNSERVED);
  const bare = await BareClient.open(kubeconfig);
  const processes = { client: [process], ...controlPlaneOf(site) };
  const { result: perSecond, cpuSeconds } = await withCpuSeconds(processes, () =>
    rateOf(others, (service, i) => writeBoth(bare, service, i)),
  );
  await removeAllocations(bare, services);
  bare.close();
  report({ bench: "coldStart", by: "bare client", services, round, perSecond, cpuSeconds });
  return perSecond;
}

async function runController(site: Site, services: number, round: number): Promise<Start> {
  await createServices(site, `pending-${round}`, services);
  const eventsBefore = await countOf(site, EVENTS);
  const { result: start, cpuSeconds } = await withCpuSeconds(controlPlaneOf(site), () =>
    startController(site, services),
  );
  const [controller] = site.product.controllers;
  const own = await cpuSecondsOf({ controller: site.product.controllers });
  const events = (await countOf(site, EVENTS)) - eventsBefore;
  await controller?.stop();
  report({
    bench: "coldStart",
    by: "controller",
    services,
    round,
    ...start,
    events,
    cpuSeconds: { ...own, ...cpuSeconds },
  });
  return start;
}

// The controller's own log says when, to the millisecond; to watch it from here would cost what is measured.
async function startController({ product }: Site, services: number): Promise<Start> {
  const started = Date.now();
  await product.startController(0);
  const [controller] = product.controllers;
  const timesOf = (message: string) => {
    const lines = controller === undefined ? [] : logLines(controller);
    return lines.filter(({ msg }) => msg === message).map(({ time }) => Date.parse(String(time)));
  };
  const all = () => timesOf("address allocated").length >= services;
  await until("all have addresses", all, { withinMillis: 180_000, everyMillis: 1_000 });
  const last = Math.max(...timesOf("address allocated"));
  const [leads = Number.NaN] = timesOf("leading");
  const [listed = Number.NaN] = timesOf("everything listed");
  const perSecondSince = (begin: number) => Math.round((1000 * services) / (last - begin));
  return {
    perSecond: perSecondSince(Math.max(leads, listed)),
    perSecondSinceStart: perSecondSince(started),
    leadsAfterMillis: leads - started,
    listedAfterMillis: listed - started,
  };
}

async function rateOf(
  services: readonly CreatedService[],
  write: (service: CreatedService, i: number) => Promise<void>,
): Promise<number> {
  const start = performance.now();
  await each(services.length, async (i) => {
    const service = services[i];
    if (service !== undefined) await write(service, i);
  });
  return Math.round((1000 * services.length) / (performance.now() - start));
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

if (import.meta.main) await benchColdStart(process.argv.slice(2).map(Number));
