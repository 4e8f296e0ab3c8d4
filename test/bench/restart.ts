import { setTimeout as delay } from "node:timers/promises";
import { type Daemon, LAB, until } from "@fairlead/testing";
import { apiWrites, quiet, withoutLeases, writesBetween } from "./api-writes.ts";
import { cpuSecondsOf, memoryOf } from "./processes.ts";
import { report } from "./report.ts";
import { allocated, createServices, prepare } from "./services.ts";
import { type Site, withSite } from "./site.ts";

/** The environment's FAIRLEAD_BENCH_SERVICES, for a look on a slow machine. */
const SERVICES = Number(process.env.FAIRLEAD_BENCH_SERVICES ?? 10_000);
const WATCHED_MILLIS = 60_000;
const METRICS = `http://${LAB.control}:7472/metrics`;

/**
 * Measures the controller's memory once 10,000 Services have their addresses, then its restart: how long from the start of
 * the process until it is ready, leads, and has decided; what is written meanwhile and in the minute after that; and
 * its memory at the end. No speaker runs. Prints JSON lines. Run it inside hack/sandbox.
 */
export async function benchRestart(): Promise<void> {
  await withSite(async (site) => {
    await prepare(site);
    await createServices(site, "s", SERVICES);
    await allocated(site, SERVICES);
    await quiet(site);
    const memory = await memoryOf(controllerOf(site));
    report({ bench: "restart", step: "all have addresses", services: SERVICES, ...memory });
    await controllerOf(site).stop();
    const before = await apiWrites(site);
    const millis = await restart(site);
    console.error(`bench: counting writes for ${WATCHED_MILLIS / 1000} s`);
    await delay(WATCHED_MILLIS);
    const writes = writesBetween(before, await apiWrites(site));
    const after = await memoryOf(controllerOf(site));
    const { controller: cpuSeconds } = await cpuSecondsOf({ controller: [controllerOf(site)] });
    report({ bench: "restart", step: "restarted", services: SERVICES, ...millis, ...after, cpuSeconds });
    const noLeases = withoutLeases(writes);
    report({ bench: "restart", step: "writes since", seconds: WATCHED_MILLIS / 1000, writes, withoutLeases: noLeases });
  });
}

/** Starts the controller, and returns the milliseconds until each thing came true that is waited for. */
async function restart({ product }: Site): Promise<Readonly<Record<string, number>>> {
  const start = performance.now();
  const since = async (done: Promise<unknown>) => {
    await done;
    return Math.round(performance.now() - start);
  };
  const metric = (name: string) => until(`${name} is above 0`, () => isAboveZero(name), { withinMillis: 60_000 });
  const [readyMillis, leadsMillis, firstDecisionMillis] = await Promise.all([
    since(product.startController(0)),
    since(metric("fairlead_leading")),
    since(metric("fairlead_decision_seconds_count")),
  ]);
  return { readyMillis, leadsMillis, firstDecisionMillis };
}

async function isAboveZero(name: string): Promise<boolean> {
  const text = await (await fetch(METRICS)).text();
  return new RegExp(`^${name} [^0]`, "m").test(text);
}

function controllerOf({ product }: Site): Daemon {
  const [controller] = product.controllers;
  if (controller === undefined) throw new Error("Cannot measure: a controller must have been started");
  return controller;
}

if (import.meta.main) await benchRestart();
