import { ANNOTATIONS, type RawObject } from "@fairlead/kube";
import { ingressOf } from "@fairlead/kube/testing";
import { CLEANUP_FINALIZER } from "@fairlead/model";
import { parseAddress, parseRange, rangeContains } from "@fairlead/net";
import { expect } from "chai";
import fc from "fast-check";
import { History, histories, RANGES } from "./histories.ts";
import { Replica, type World } from "./world.ts";

interface Record {
  readonly address: string;
  readonly serviceRef: { readonly name: string; readonly uid: string };
}
/** One of each holder of each record. */
const recordsOf = ({ cluster }: World) =>
  cluster.list("IPAllocation").flatMap(({ spec }) => {
    const {
      address,
      serviceRef,
      sharers = [],
      releasedAt,
    } = spec as unknown as Partial<Record> & {
      address: string;
      sharers?: Record["serviceRef"][];
      releasedAt?: string;
    };
    if (serviceRef === undefined || releasedAt !== undefined) return [];
    return [serviceRef, ...sharers].map((holder): Record => ({ address, serviceRef: holder }));
  });

/**
 * No two records for one address, by construction of the store; no Service twice in one; no address in two statuses that
 * both have a record, but by the annotation for it: a Service that loses that keeps its address.
 */
function expectNoneTwice(world: World, everShared: ReadonlySet<string>): void {
  const shown = new Map(world.cluster.list("Service").map((object) => [object.metadata.uid, ingressOf(object)]));
  const held = recordsOf(world).filter(({ address, serviceRef }) => shown.get(serviceRef.uid)?.includes(address));
  const all = held.map(({ address, serviceRef }) => `${address} ${serviceRef.uid}`);
  expect(new Set(all).size, "no Service holds an address twice").to.equal(all.length);
  const alone = held.filter(({ serviceRef }) => !everShared.has(serviceRef.name));
  for (const { address } of alone) {
    expect(held.filter((one) => one.address === address).length, "no address is held twice").to.equal(1);
  }
}

/** What must hold when all is quiet. */
function expectOrder(world: World, replica: Replica): void {
  const services = world.cluster.list("Service");
  const shown = services.flatMap((object) => ingressOf(object).map((text) => `${text} ${object.metadata.uid}`));
  const recorded = recordsOf(world).map(({ address, serviceRef }) => `${address} ${serviceRef.uid}`);
  expect(shown.sort(), "statuses say what is recorded, and nothing leaks").to.deep.equal(recorded.sort());
  for (const object of services) {
    const families = ingressOf(object).map((text) => parseAddress(text).family);
    const { annotations = {} } = object.metadata as { annotations?: { readonly [key: string]: string } };
    for (const family of [4, 6]) {
      const most = Number(annotations[ANNOTATIONS.addresses] ?? 1);
      expect(families.filter((one) => one === family).length, "no more of a family than it asks for").to.be.at.most(
        most,
      );
    }
    const { type } = object.spec as { type: string };
    if (type !== "LoadBalancer") expect(families).to.deep.equal([]);
  }
  expectNobodyWaits(world, replica, services);
}

/** Those that have an address have it if it is wanted, and nobody who is to go is kept. */
function expectFinalizers(world: World, wanted: boolean): void {
  for (const object of world.cluster.list("Service")) {
    const { name, finalizers, deletionTimestamp } = object.metadata;
    const has = Array.isArray(finalizers) && finalizers.includes(CLEANUP_FINALIZER);
    const { type } = object.spec as { type: string };
    expect(deletionTimestamp, `${name} is gone once it is deleted`).to.equal(undefined);
    if (!wanted || type !== "LoadBalancer") expect(has, `${name} is free of it`).to.equal(false);
    else if (ingressOf(object).length > 0) expect(has, `${name} has it`).to.equal(true);
  }
}

/** Nobody who asks for nothing in particular waits while an address of its family is free. */
function expectNobodyWaits(world: World, replica: Replica, services: readonly RawObject[]): void {
  const pools = replica.snapshot.surroundings.pools.filter(({ namespaceQuota }) => namespaceQuota === undefined);
  // What cools down is free for who waits; what is reserved is not.
  const records = world.cluster
    .list("IPAllocation")
    .map(({ spec }) => spec as { address: string; releasedAt?: string });
  const taken = new Set(records.filter(({ releasedAt }) => releasedAt === undefined).map(({ address }) => address));
  const candidates = RANGES.flatMap((text) => {
    const { family, first, last } = parseRange(text);
    return Array.from({ length: Number(last - first) + 1 }, (_, i) => ({ family, value: first + BigInt(i) }));
  });
  const free = candidates.filter((address) => {
    const usable = pools.some((one) => one.usable.some((range) => rangeContains(range, address)));
    return usable && ![...taken].some((text) => parseAddress(text).value === address.value);
  });
  for (const object of services) {
    const { type, clusterIPs, ipFamilyPolicy } = object.spec as {
      type: string;
      clusterIPs: string[];
      ipFamilyPolicy: string;
    };
    if (type !== "LoadBalancer" || asks(world, object.metadata.name)) continue;
    const has = ingressOf(object).map((text) => parseAddress(text).family);
    const lacks = clusterIPs.map((text) => parseAddress(text).family).filter((family) => !has.includes(family));
    const available = lacks.filter((family) => free.some((address) => address.family === family));
    if (ipFamilyPolicy === "PreferDualStack")
      expect(available, "an address is free that is waited for").to.deep.equal([]);
    else if (lacks.length > 0) expect(available.length, "all that is waited for is free").to.be.below(lacks.length);
  }
}

/** Whether a Service asks for an address or a pool: it may move there whenever that can be had. */
function asks(world: World, service: string): boolean {
  const { annotations = {} } = world.get(service).metadata as { annotations?: object };
  return Object.keys(annotations).length > 0;
}

describe("any history of Services, pools, claims, crashes and two controllers", function () {
  this.timeout(180_000);
  it("gives no address twice, takes none away unasked, leaks none, and lets nobody wait in vain", async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (phases) => {
        const history = new History();
        const { world } = history;
        for (const [phase, finalizer] of phases) {
          const before = world.statuses;
          history.touched.clear();
          for (const step of phase) {
            await history.act(step);
            expectNoneTwice(world, history.everShared);
          }
          await history.quiet(finalizer);
          expectFinalizers(world, finalizer);
          expectOrder(world, history.replicas[0] ?? new Replica(world.cluster));
          for (const [service, addresses] of Object.entries(before)) {
            if (history.touched.has(service) || asks(world, service)) continue;
            const now = world.statuses[service] ?? [];
            expect(now, `${service} keeps what it had`).to.include.members(addresses);
          }
        }
      }),
      { numRuns: Number(process.env.FAIRLEAD_RUNS ?? 1_000) },
    );
  });
});
