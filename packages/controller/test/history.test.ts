import { ANNOTATIONS, type RawObject, type StoreCall } from "@fairlead/kube";
import { ingressOf, pool } from "@fairlead/kube/testing";
import { CLEANUP_FINALIZER } from "@fairlead/model";
import { parseAddress, parseRange, rangeContains } from "@fairlead/net";
import { expect } from "chai";
import fc from "fast-check";
import { Replica, World } from "./world.ts";

// Few names, few addresses, so that histories meet themselves; IPv6 beside IPv4 to have two claims in one plan.
const NAMES = ["a", "b", "c", "d"] as const;
const POOLS = ["p", "q"] as const;
const RANGES = ["192.0.2.0/31", "192.0.2.1-192.0.2.3", "2001:db8::/127", "198.51.100.0/32"] as const;
const ADDRESSES = [...RANGES.map((range) => [range]), ["192.0.2.0/31", "2001:db8::/127"], ["nonsense"]] as const;
const CLUSTER_IPS = [["10.96.0.1"], ["fd00::1"], ["10.96.0.1", "fd00::1"]] as const;
const PORTS = [80, 443].map((port) => [{ name: "p", protocol: "TCP", port }]);
const REQUESTS = [
  {},
  {},
  { [ANNOTATIONS.loadBalancerIPs]: "192.0.2.1" },
  { [ANNOTATIONS.loadBalancerIPs]: "nonsense" },
  { [ANNOTATIONS.addressPool]: "q" },
  { [ANNOTATIONS.allowSharedIP]: "k" },
  { [ANNOTATIONS.allowSharedIP]: "k", [ANNOTATIONS.loadBalancerIPs]: "192.0.2.1" },
  { [ANNOTATIONS.reallocate]: "true" },
  { [ANNOTATIONS.addresses]: "2" },
  { [ANNOTATIONS.addressPool]: "q,p" },
] as const;

const CLAIMS = ["x", "y"] as const;
const CLAIMED = [
  { serviceName: "a" },
  { serviceName: "b", addresses: ["192.0.2.1"] },
  { serviceSelector: {} },
] as const;

type Action =
  | { readonly do: "service"; readonly name: string; readonly spec: object; readonly annotations: object }
  | { readonly do: "delete"; readonly name: string }
  | { readonly do: "pool"; readonly name: string; readonly addresses: readonly string[]; readonly more: object }
  | { readonly do: "claim"; readonly name: string; readonly spec: object }
  | { readonly do: "deleteClaim"; readonly name: string }
  | { readonly do: "deletePool"; readonly name: string }
  | { readonly do: "speak"; readonly addresses: readonly string[] }
  | { readonly do: "wait"; readonly seconds: number }
  | { readonly do: "restart"; readonly replica: number; readonly finalizer: boolean }
  | { readonly do: "step"; readonly replica: number }
  | { readonly do: "hear"; readonly replica: number; readonly events: number }
  | { readonly do: "hearKind"; readonly replica: number; readonly kind: "Service" | "IPAllocation" }
  | { readonly do: "crash"; readonly replica: number; readonly at: number; readonly after: boolean };

const name = fc.constantFrom(...NAMES);
const poolName = fc.constantFrom(...POOLS);
const replica = fc.nat(1);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("service" as const),
      name,
      spec: fc.record({
        type: fc.constantFrom("LoadBalancer", "LoadBalancer", "LoadBalancer", "ClusterIP"),
        clusterIPs: fc.constantFrom(...CLUSTER_IPS),
        ports: fc.constantFrom(...PORTS),
        ipFamilyPolicy: fc.constantFrom("SingleStack", "PreferDualStack", "RequireDualStack"),
      }),
      annotations: fc.constantFrom(...REQUESTS),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), name }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("pool" as const),
      name: poolName,
      addresses: fc.constantFrom(...ADDRESSES),
      more: fc.constantFrom({}, {}, { coolDownSeconds: 60 }, { namespaceQuota: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("claim" as const),
      name: fc.constantFrom(...CLAIMS),
      spec: fc.constantFrom(...CLAIMED),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("deleteClaim" as const), name: fc.constantFrom(...CLAIMS) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("deletePool" as const), name: poolName }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("hearKind" as const),
      replica,
      kind: fc.constantFrom("Service", "IPAllocation"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("speak" as const),
      addresses: fc.subarray(["192.0.2.0", "192.0.2.1", "192.0.2.2", "2001:db8::"]),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 12 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("restart" as const), replica, finalizer: fc.boolean() }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("step" as const), replica }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("hear" as const), replica, events: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("crash" as const),
      replica,
      at: fc.integer({ min: 1, max: 4 }),
      after: fc.boolean(),
    }),
  },
);

const phase = fc.array(action, { minLength: 2, maxLength: 14, size: "max" });
/** Each with whether the finalizer is wanted at its end. */
const histories = fc.array(fc.tuple(phase, fc.boolean()), { minLength: 1, maxLength: 4, size: "max" });

/** Milliseconds; no withdrawal is waited for longer, as cool-downs are. */
const LONG = 10_001;

/** A world with two controllers that both act, as none would under a Lease: what holds here holds in any handover. */
class History {
  readonly world = new World();
  readonly replicas: Replica[] = [];
  /** What a user has done to each Service since the last time that all was quiet. */
  readonly touched = new Set<string>();

  #now = "2026-06-01T00:00:00Z";

  /** Services that ever had a sharing key. */
  readonly everShared = new Set<string>();

  constructor() {
    this.world.pool("p", "192.0.2.0/31", "2001:db8::/127");
    this.world.pool("q", "192.0.2.2/31");
    this.world.service("a");
    this.world.service("b", { clusterIPs: CLUSTER_IPS[2] });
    this.replicas.push(this.#replica(true), this.#replica(true));
  }

  async act(step: Action): Promise<void> {
    switch (step.do) {
      case "service": {
        this.touched.add(step.name);
        if (ANNOTATIONS.allowSharedIP in step.annotations) this.everShared.add(step.name);
        this.world.service(step.name, step.spec, { annotations: step.annotations });
        return;
      }
      case "delete":
        this.touched.add(step.name);
        return this.world.deleteService(step.name);
      case "pool":
        return void this.world.cluster.apply(pool(step.name, { addresses: step.addresses, ...step.more }));
      case "claim":
        return void this.world.cluster.apply({
          apiVersion: "fairlead.dev/v1beta1",
          kind: "IPClaim",
          metadata: { namespace: "default", name: step.name },
          spec: step.spec,
        });
      case "deleteClaim":
        return this.world.cluster.delete({ kind: "IPClaim", namespace: "default", name: step.name });
      case "deletePool":
        return this.world.cluster.delete({ kind: "IPAddressPool", name: step.name });
      case "speak":
        return this.#speak(step.addresses);
      case "wait":
        return this.#pass(step.seconds);
      case "restart":
        await this.#at(step.replica).store.stop();
        this.replicas[step.replica] = this.#replica(step.finalizer);
        return;
      case "step":
        return void (await this.#at(step.replica).step());
      case "hear":
        return this.#at(step.replica).store.deliver(step.events);
      case "hearKind":
        return this.#at(step.replica).store.deliverKind(step.kind);
      case "crash": {
        let left = step.at;
        const fatal = ({ verb }: StoreCall) => verb !== "get" && --left === 0;
        await this.#at(step.replica).crash(fatal, step.after ? "failAfter" : "failBefore");
        this.replicas[step.replica] = this.#replica(this.#at(step.replica).finalizer);
      }
    }
  }

  /** Both controllers, of one mind again, hear of everything and act until nothing is left to do or to wait long for. */
  async quiet(finalizer: boolean): Promise<void> {
    for (const [i, before] of this.replicas.entries()) {
      if (before.finalizer === finalizer) continue;
      await before.store.stop();
      this.replicas[i] = this.#replica(finalizer);
    }
    for (let round = 0; round < 16; round++) {
      for (const { store } of this.replicas) store.deliver();
      if (this.replicas.every((replica) => replica.idle && (replica.plan().againInMillis ?? LONG) >= LONG)) return;
      if (this.replicas.every(({ idle }) => idle)) this.#pass(10);
      for (const one of this.replicas) await one.step();
    }
    throw new Error("Cannot settle: the controllers never come to rest");
  }

  #at(index: number): Replica {
    const found = this.replicas[index];
    if (found === undefined) throw new Error(`Cannot find replica ${index}`);
    return found;
  }

  #speak(addresses: readonly string[]): void {
    const status = { addresses: addresses.map((address) => ({ address })) };
    const ref = { kind: "SpeakerStatus", name: "n1" } as const;
    const object = { apiVersion: "fairlead.dev/v1beta1", kind: "SpeakerStatus", metadata: { name: "n1" } };
    const { metadata } = this.world.cluster.get(ref) ?? this.world.cluster.create(object);
    this.world.cluster.patchStatus(ref, metadata.uid ?? "", status);
  }

  #pass(seconds: number): void {
    this.#now = new Date(Date.parse(this.#now) + seconds * 1000).toISOString();
    for (const replica of this.replicas) replica.now = this.#now;
  }

  #replica(finalizer: boolean): Replica {
    const made = new Replica(this.world.cluster, { finalizer });
    made.now = this.#now;
    made.store.holdEvents = true;
    return made;
  }
}

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
