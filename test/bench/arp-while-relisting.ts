import { fileURLToPath } from "node:url";
import { Daemon, type LabNode, macOf, newLog, until } from "@fairlead/testing";
import { logLines } from "../e2e/product.ts";
import { report } from "./report.ts";
import { bareService, MANY, type Site, withSite } from "./site.ts";

/** The environment's FAIRLEAD_BENCH_SERVICES, for a look on a slow machine. */
const SERVICES = Number(process.env.FAIRLEAD_BENCH_SERVICES ?? 5_000);
const REQUESTS = 2_000;
const PAUSE_MILLIS = 5;
const AT_ONCE = 24;
const QUIET_MILLIS = 5_000;
const UNRELATED = 10_000;

interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly unanswered: number;
}

/**
 * Measures ARP answers of an address that the product announces beside the kernel's own answer for the same node, in
 * microseconds at a client on the LAN: idle, while 10,000 unrelated ARP requests a second arrive, and while the controller and every speaker list 5,000 Services anew, over
 * and over, because the API server is killed and started. Prints JSON lines. Run it inside hack/sandbox.
 */
export async function benchArpWhileRelisting(): Promise<void> {
  await withSite(
    async (site) => {
      const { store, scene, cluster, product } = site;
      for (const object of MANY) await store.create(object);
      // Loading is quicker without them.
      const nodes = cluster.lab.nodes.map(({ name }) => name);
      await Promise.all(nodes.map((name) => product.speaker(name).stop()));
      const start = performance.now();
      const names = Array.from({ length: SERVICES }, (_, i) => `s${i}`);
      await Promise.all(Array.from({ length: AT_ONCE }, () => createAll(site, names)));
      await until("all have addresses", async () => (await scene.allocations()).length === SERVICES, {
        withinMillis: 300_000,
        everyMillis: 1_000,
      });
      const seconds = Math.round((performance.now() - start) / 1000);
      report({
        bench: "arp while re-listing",
        step: "Services created and given addresses",
        services: SERVICES,
        seconds,
      });
      await Promise.all(nodes.map((name) => product.startSpeaker(name)));
      const moves = await settled(site);
      report({ bench: "arp while re-listing", step: "speakers agree on the owners", services: SERVICES, moves });
      const address = await scene.address("s0");
      const owner = await until("the address has an owner", () => scene.owner(address), { withinMillis: 30_000 });
      await measure(site, owner, address, "idle");
      await whileFlooded(site, () => measure(site, owner, address, `${UNRELATED} unrelated requests a second`));
      const before = lists(site);
      let measuring = true;
      const restarts = (async () => {
        while (measuring) {
          const listed = lists(site);
          await cluster.controlPlane.stopApiServer("SIGKILL");
          await cluster.controlPlane.startApiServer();
          await until("all have listed again", () => lists(site) >= listed + 4 || !measuring, { withinMillis: 60_000 });
        }
      })();
      await measure(site, owner, address, "re-listing");
      measuring = false;
      await restarts;
      report({ bench: "arp while re-listing", step: "lists of Services meanwhile", lists: lists(site) - before });
    },
    { logLevel: "debug" },
  );
}

async function createAll({ store }: Site, names: string[]): Promise<void> {
  for (let name = names.pop(); name !== undefined; name = names.pop()) await store.create(bareService(name));
}

/** Waits until no address has moved for a while, and returns how many moves there were. */
async function settled({ product, cluster }: Site): Promise<number> {
  const speakers = cluster.lab.nodes.map(({ name }) => product.speaker(name));
  const count = () => speakers.flatMap(logLines).filter(({ msg }) => msg.startsWith("address ")).length;
  let last = { moves: 0, at: performance.now() };
  return until(
    "no address moves",
    () => {
      const moves = count();
      if (moves !== last.moves) last = { moves, at: performance.now() };
      return moves >= SERVICES && performance.now() - last.at > QUIET_MILLIS && moves;
    },
    { withinMillis: 120_000, everyMillis: 500 },
  );
}

/** How often the controller and the speakers have listed all Services. */
function lists({ product, cluster }: Site): number {
  const daemons = [...product.controllers, ...cluster.lab.nodes.map(({ name }) => product.speaker(name))];
  return daemons.flatMap(logLines).filter(({ msg, kind, objects }) => {
    return msg === "listed" && kind === "Service" && Number(objects) >= SERVICES;
  }).length;
}

async function measure({ cluster }: Site, owner: LabNode, address: string, when: string): Promise<void> {
  const { namespace, address: own } = cluster.lab.client;
  const shown = await namespace.run("ip", "-json", "link", "show", "eth0");
  const index: number = JSON.parse(shown.stdout)[0].ifindex;
  const script = fileURLToPath(new URL("arp-client.ts", import.meta.url));
  const args = [`PAUSE_MILLIS=${PAUSE_MILLIS}`, process.execPath, script, `${index}`, macOf(own.ipv4), `${REQUESTS}`];
  const { stdout } = await namespace.run("env", ...args, own.ipv4, owner.address.ipv4, address);
  const [kernel, responder] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Latency);
  if (kernel === undefined || responder === undefined) throw new Error(`Cannot read the latencies, got: ${stdout}`);
  for (const [by, { p50, p99, unanswered }] of [
    ["kernel, own address", kernel],
    ["the product", responder],
  ] as const) {
    const ratio = { p50: round(p50 / kernel.p50), p99: round(p99 / kernel.p99) };
    report({
      bench: "arp while re-listing",
      when,
      by,
      requests: REQUESTS,
      p50Micros: p50,
      p99Micros: p99,
      unanswered,
      ratio,
    });
  }
}

// Everybody on the LAN hears them: speakers too, which listen for who has their addresses.
async function whileFlooded({ cluster }: Site, work: () => Promise<void>): Promise<void> {
  const args = [fileURLToPath(new URL("arp-flood.ts", import.meta.url)), "--per-second", `${UNRELATED}`];
  const { namespace } = cluster.lab.router;
  const name = "arp-flood";
  const flood = Daemon.start({ name, namespace, command: process.execPath, args, log: newLog(name) });
  await until("the flood has begun", () => flood.output() !== "");
  await work();
  flood.assertRunning();
  await flood.stop("SIGTERM", 5_000);
  report({ bench: "arp while re-listing", step: "flooded", ...JSON.parse(flood.output().split("\n")[1] ?? "{}") });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

if (import.meta.main) await benchArpWhileRelisting();
