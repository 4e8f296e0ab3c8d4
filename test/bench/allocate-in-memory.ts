import type { RawObject } from "@fairlead/kube";
import { pool, service } from "@fairlead/kube/testing";
import { formatAddress, parseAddress } from "@fairlead/net";
import { allocate } from "../../packages/controller/src/allocate/allocate.ts";
import { Ledger } from "../../packages/controller/src/allocate/ledger.ts";
import { decide } from "../../packages/controller/src/plan/decide.ts";
import { Settled } from "../../packages/controller/src/view/settled.ts";
import type { Snapshot } from "../../packages/controller/src/view/snapshot.ts";
import { View } from "../../packages/controller/src/view/view.ts";
import { report } from "./report.ts";

const SERVICES = 100_000;
const RUNS = 3;
const LARGE_POOLS = [
  { addresses: "10.0.0.0/12", clusterIP: "10.96.0.1" },
  { addresses: "fd77::/48", clusterIP: "fd96::1" },
] as const;
const FULL_POOL = { addresses: "10.77.0.0/16", first: parseAddress("10.77.0.0"), size: 65_536 } as const;
const REFUSED = 10_000;

/**
 * Measures decisions in memory, without API and writes: 100,000 Services that each get an address of a large pool, and
 * Services that a full pool refuses. Prints JSON lines.
 */
export async function benchAllocateInMemory(): Promise<void> {
  for (const { addresses, clusterIP } of LARGE_POOLS) {
    const snapshot = snapshotOf([pool("large", { addresses: [addresses] })], newcomers(SERVICES, clusterIP), []);
    const took = runs(() => decide(snapshot), expectTakes(SERVICES));
    report({ bench: "allocateInMemory", work: "allocate", services: SERVICES, pool: addresses, ...took });
  }
  benchRefusals();
}

function benchRefusals(): void {
  const { addresses, size } = FULL_POOL;
  const { holders, records } = fullPool();
  const refused = newcomers(REFUSED, "10.96.0.1");
  const snapshot = snapshotOf([pool("full", { addresses: [addresses] })], [...holders, ...refused], records);
  const seekers = snapshot.services.filter(({ ingress }) => ingress.length === 0);
  const context = { ...snapshot.surroundings, ledger: new Ledger(snapshot.index, snapshot) };
  const line = { bench: "allocateInMemory", pool: addresses, held: size, services: REFUSED };
  const alone = runs(
    () => seekers.map((seeker) => allocate(seeker, [], context)),
    (outcomes) => expect(outcomes.filter(({ refusal }) => refusal?.code === "PoolFull").length, REFUSED, "refusals"),
  );
  report({ ...line, work: "refuse", ...alone, microsEach: round((1_000 * Math.min(...alone.millis)) / REFUSED) });
  const memory = new Settled();
  report({ ...line, work: "decide on all, refuse", ...runs(() => decide(snapshot, memory), expectTakes(0)) });
}

function snapshotOf(
  pools: readonly RawObject[],
  services: readonly RawObject[],
  records: readonly RawObject[],
): Snapshot {
  const view = new View(() => {});
  view.cache.replaceAll("IPAddressPool", pools.map(stored), "1");
  view.cache.replaceAll("Service", services.map(stored), "1");
  view.cache.replaceAll("IPAllocation", records.map(stored), "1");
  const classes = { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true };
  const pending = { keys: new Set<string>(), takes: [] };
  return view.snapshot({ classes, finalizer: false, pending, wars: new Map(), now: Date.now() });
}

function newcomers(count: number, clusterIP: string): RawObject[] {
  return Array.from({ length: count }, (_, i) => service(`new-${i}`, { clusterIPs: [clusterIP] }));
}

/** Every address of a pool, and the Services that hold them. */
function fullPool(): { readonly holders: RawObject[]; readonly records: RawObject[] } {
  const { first, size } = FULL_POOL;
  const held = Array.from({ length: size }, (_, i) => {
    const name = `held-${i}`;
    const address = formatAddress({ family: first.family, value: first.value + BigInt(i) });
    const message = `${address} from IPAddressPool full`;
    const conditions = [{ type: "fairlead.dev/Allocated", status: "True", reason: "Allocated", message }];
    const holder = {
      ...service(name, { clusterIPs: ["10.96.0.1"] }),
      status: { loadBalancer: { ingress: [{ ip: address }] }, conditions },
    };
    const serviceRef = { namespace: "default", name, uid: uidOf(name) };
    const record = {
      apiVersion: "fairlead.dev/v1beta1",
      kind: "IPAllocation",
      metadata: { name: address },
      spec: { address, pool: "full", serviceRef },
    };
    return { holder, record };
  });
  return { holders: held.map(({ holder }) => holder), records: held.map(({ record }) => record) };
}

/** An object as the API server gives it back. */
function stored(object: RawObject): RawObject {
  const { name } = object.metadata;
  const creationTimestamp = "2026-06-01T00:00:00Z";
  return { ...object, metadata: { ...object.metadata, uid: uidOf(name), resourceVersion: "1", creationTimestamp } };
}

function uidOf(name: string): string {
  return `uid of ${name}`;
}

function expectTakes(count: number): (plan: ReturnType<typeof decide>) => void {
  return ({ services }) => expect(services.flatMap(({ takes }) => takes).length, count, "addresses");
}

function expect(got: number, count: number, what: string): void {
  if (got !== count) throw new Error(`Cannot measure: a decision must have ${count} ${what}, got ${got}`);
}

/** How long `work` took, and the processor time of all threads, each time; what it returned goes to `check` afterwards. */
function runs<T>(
  work: () => T,
  check: (result: T) => void,
): { readonly millis: number[]; readonly cpuMillis: number[] } {
  const [millis, cpuMillis]: [number[], number[]] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    const [start, cpuStart] = [performance.now(), process.cpuUsage()];
    const result = work();
    millis.push(round(performance.now() - start));
    const { user, system } = process.cpuUsage(cpuStart);
    cpuMillis.push(round((user + system) / 1_000));
    check(result);
  }
  return { millis, cpuMillis };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

if (import.meta.main) await benchAllocateInMemory();
