import { setImmediate as breath } from "node:timers/promises";
import {
  ALLOCATED,
  DEFAULT_LEASE_TIMING,
  MemoryCluster,
  MemoryStore,
  type RawObject,
  StoreError,
} from "@fairlead/kube";
import { ingressOf, pool, service } from "@fairlead/kube/testing";
import { type ObjectRef, objectKey } from "@fairlead/model";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import fc from "fast-check";
import { Controller } from "../src/controller.ts";
import { type Difference, differences } from "../src/differences.ts";
import { type Change, RehearsalError, rehearse } from "../src/rehearse.ts";
import { changeOf, type Deed, deed, History, perform, phase } from "./histories.ts";
import { Replica, World } from "./world.ts";

const CLASSES = { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true };
const NOW = Date.parse("2026-06-01T00:01:00Z");
const A: ObjectRef = { kind: "Service", namespace: "default", name: "a" };

interface Conditions {
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[];
}
const conditionsOf = ({ status }: RawObject) => (status as Conditions | undefined)?.conditions ?? [];

// A Service by its addresses and the reason of its condition, a record by its holder, of others only whether they are there.
function state(object: RawObject | undefined): string {
  if (object === undefined) return "none";
  if (object.kind === "IPAllocation")
    return (object.spec as { serviceRef?: { name: string } }).serviceRef?.name ?? "free";
  if (object.kind !== "Service") return "there";
  return [...ingressOf(object), conditionsOf(object).find(({ type }) => type === ALLOCATED)?.reason].join(" ");
}

function line({ ref, before, after }: Difference): string {
  return `${ref.kind} ${objectKey(ref)}: ${state(before)} → ${state(after)}`;
}

const node = (name: string, ip: string): RawObject => {
  const status = { addresses: [{ type: "InternalIP", address: ip }] };
  return { apiVersion: "v1", kind: "Node", metadata: { name }, spec: {}, status };
};

interface Row {
  readonly says: string;
  /** What is there besides the pool "lan" of 192.0.2.0/30 and the Service "a", which has its first address. */
  readonly given?: (world: World) => void;
  readonly changes: readonly Change[];
  readonly finalizer?: boolean;
  readonly tells: readonly string[];
  /** What has to be waited for. */
  readonly seconds?: number;
}

const ROWS: readonly Row[] = [
  {
    says: "a pool that is moved to other addresses: its Service keeps the address, which drains",
    changes: [{ put: pool("lan", { addresses: ["198.51.100.0/30"] }) }],
    tells: [
      "IPAddressPool lan: there → there",
      "IPAllocation 192.0.2.0: a → a",
      "Service default/a: 192.0.2.0 Allocated → 192.0.2.0 Draining",
    ],
  },
  {
    says: "a Service that is deleted: its address passes to one that waits",
    given: (world) => {
      world.pool("lan", "192.0.2.0/32");
      world.service("b");
    },
    changes: [{ delete: A }],
    tells: [
      "IPAllocation 192.0.2.0: a → b",
      "Service default/a: 192.0.2.0 Allocated → none",
      "Service default/b: PoolFull → 192.0.2.0 Allocated",
    ],
  },
  {
    says: "a Service that is deleted and has the finalizer: as soon as its address is off the wire",
    given: (world) => {
      world.pool("lan", "192.0.2.0/32");
      world.service("b");
    },
    changes: [{ delete: A }],
    finalizer: true,
    tells: [
      "IPAllocation 192.0.2.0: a → b",
      "Service default/a: 192.0.2.0 Allocated → none",
      "Service default/b: PoolFull → 192.0.2.0 Allocated",
    ],
    seconds: 2.5,
  },
  {
    says: "an address that cools down, until it has",
    given: (world) => void world.cluster.apply(pool("lan", { addresses: ["192.0.2.0/30"], coolDownSeconds: 86_400 })),
    changes: [{ delete: A }],
    tells: [
      "IPAddressPool lan: there → there",
      "IPAllocation 192.0.2.0: a → none",
      "Service default/a: 192.0.2.0 Allocated → none",
    ],
    seconds: 86_400,
  },
  {
    says: "a Service more than a pool has addresses for: it is refused",
    given: (world) => world.pool("lan", "192.0.2.0/32"),
    changes: [{ put: service("b") }],
    tells: ["Service default/b: none → PoolFull"],
  },
  {
    says: "a Service that comes after one that waits, whatever its name",
    given: (world) => {
      world.pool("lan", "192.0.2.0/32");
      world.service("b", {}, { creationTimestamp: "2026-05-31T00:00:00Z" });
    },
    changes: [{ put: service("0", {}, { creationTimestamp: null }) }, { delete: A }],
    tells: [
      "IPAllocation 192.0.2.0: a → b",
      "Service default/0: none → PoolFull",
      "Service default/a: 192.0.2.0 Allocated → none",
      "Service default/b: PoolFull → 192.0.2.0 Allocated",
    ],
  },
  {
    says: "a pool that grows, and Services that come with it",
    given: (world) => world.pool("lan", "192.0.2.0/32"),
    changes: [{ put: service("b") }, { put: pool("lan", { addresses: ["192.0.2.0/31"] }) }],
    tells: [
      "IPAddressPool lan: there → there",
      "IPAllocation 192.0.2.1: none → b",
      "Service default/b: none → 192.0.2.1 Allocated",
    ],
  },
  {
    says: "a status that is given, as if its writer had written it",
    given: (world) => void world.cluster.create(node("n1", "10.0.0.1")),
    changes: [{ put: node("n1", "192.0.2.0") }],
    tells: [
      "IPAddressPool lan: there → there",
      "IPAllocation 192.0.2.0: a → a",
      "Node n1: there → there",
      "Service default/a: 192.0.2.0 Allocated → 192.0.2.0 Draining",
    ],
  },
  {
    says: "a pool that nobody needs, and of nothing else",
    given: (world) => world.pool("wan", "198.51.100.0/32"),
    changes: [{ delete: { kind: "IPAddressPool", name: "wan" } }],
    tells: ["IPAddressPool wan: there → none"],
  },
  {
    says: "nothing where a change changes nothing",
    changes: [
      { put: pool("lan") },
      { put: service("a", { clusterIPs: ["10.96.0.1"] }) },
      { delete: { ...A, name: "b" } },
    ],
    tells: [],
  },
];

describe("a rehearsal", () => {
  let world: World;
  beforeEach(() => {
    world = new World();
    world.pool("lan", "192.0.2.0/30");
    world.service("a");
  });

  for (const { says, given, changes, finalizer = false, tells, seconds = 0 } of ROWS) {
    it(`tells of ${says}`, async () => {
      await new Replica(world.cluster, { finalizer }).settle();
      given?.(world);
      await new Replica(world.cluster, { finalizer }).settle();
      const rehearsal = await rehearse(world.cluster, changes, { classes: CLASSES, finalizer, now: NOW });
      expect(rehearsal.differences.map(line)).to.deep.equal(tells);
      expect((rehearsal.outcome.at - NOW) / 1000).to.equal(seconds);
    });
  }

  it("tells nothing of what comes by itself, and changes nothing that was given", async () => {
    const [before, version] = [world.cluster.objects(), world.cluster.version];
    const changes = [{ put: service("b") }];
    const { differences, otherwise } = await rehearse(world.cluster, changes, { classes: CLASSES, now: NOW });
    expect(differences.map(line)).to.deep.equal([
      "IPAddressPool lan: there → there",
      "IPAllocation 192.0.2.1: none → b",
      "Service default/b: none → 192.0.2.1 Allocated",
    ]);
    expect(new World(otherwise.cluster).statuses).to.deep.equal({ a: ["192.0.2.0"] });
    expect([world.cluster.objects(), world.cluster.version]).to.deep.equal([before, version]);
  });

  it("begins with manifests as well", async () => {
    const cluster = MemoryCluster.of([pool("lan"), service("a")]);
    const { outcome } = await rehearse(cluster, [{ put: service("b") }], { classes: CLASSES, now: NOW });
    expect(new World(outcome.cluster).statuses).to.deep.equal({ a: ["192.0.2.0"], b: ["192.0.2.1"] });
  });

  it("takes a version that was read a while ago", async () => {
    const old = world.get("a");
    await new Replica(world.cluster).settle();
    const spec = { ...(old.spec as object), type: "ClusterIP" };
    const { outcome } = await rehearse(world.cluster, [{ put: { ...old, spec } }], { classes: CLASSES, now: NOW });
    expect(new World(outcome.cluster).records).to.deep.equal({});
  });

  it("says what would still change if it does not come to rest", async () => {
    const options = { classes: CLASSES, now: NOW, mostSteps: 0 };
    const error = await rehearse(world.cluster, [], options).catch((error: unknown) => error);
    expect(error)
      .to.be.instanceOf(RehearsalError)
      .with.property("message")
      .that.equals(
        "Cannot rehearse: the controller must come to rest, and after 0 steps would still change Service default/a, IPAddressPool lan",
      );
  });

  it("does not take a kind that nobody knows", async () => {
    const put = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "a" } };
    const error = await rehearse(world.cluster, [{ put }], { classes: CLASSES, now: NOW }).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(StoreError).with.property("reason", "Invalid");
  });
});

/** Longer than a controller takes to look again by itself, and than it rests after a failure. */
const LOOKS_AGAIN = 75_000;

/** What a cluster comes to once users have done something while a controller runs. */
async function comesTo(
  given: MemoryCluster,
  deeds: readonly Deed[],
  { finalizer, now, millis }: { readonly finalizer: boolean; readonly now: number; readonly millis: number },
): Promise<MemoryCluster> {
  const clock = new FakeClock();
  // Whatever is written is written before the next decision, as in a rehearsal.
  clock.settle = breath;
  await clock.advance(now - clock.now());
  const world = new World(given.copy(() => clock.now()));
  const controller = new Controller({
    store: new MemoryStore(world.cluster),
    clock,
    log: new MemoryLog(),
    classes: CLASSES,
    finalizer,
    identity: "replica",
    namespace: "fairlead-system",
    leaseTiming: DEFAULT_LEASE_TIMING,
  });
  controller.start();
  for (const each of deeds) perform(world, each);
  await clock.advance(millis + LOOKS_AGAIN);
  await controller.stop();
  return world.cluster;
}

/** Addresses, records, and the reasons of all conditions. */
function told(cluster: MemoryCluster) {
  const { statuses, records } = new World(cluster);
  const reasons = cluster.objects().flatMap((object) => {
    return conditionsOf(object).map(({ type, status, reason }) => {
      return `${object.kind} ${objectKey(object.metadata)}: ${type} ${status} ${reason}`;
    });
  });
  return { statuses, records, reasons: reasons.sort() };
}

/** What only a controller that runs writes. */
const OF_RUNNING: ReadonlySet<string> = new Set(["Lease", "Event"]);

describe("a rehearsal of any change in any state", function () {
  this.timeout(180_000);
  it("comes to what the controller that runs then comes to", async () => {
    const changes = fc.array(deed, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(phase, fc.boolean(), changes, fc.boolean(), async (actions, isAtRest, deeds, finalizer) => {
        const history = new History();
        for (const action of actions) await history.act(action);
        if (isAtRest) await history.quiet(finalizer);
        const given = history.world.cluster.copy();
        const now = Date.parse(history.now);
        const { outcome } = await rehearse(given, deeds.map(changeOf), { classes: CLASSES, finalizer, now });
        // Which of two writes that met comes first is a matter of pauses, in reality.
        fc.pre(outcome.failures.length === 0);
        const reality = await comesTo(given, deeds, { finalizer, now, millis: outcome.at - now });
        expect(told(outcome.cluster)).to.deep.equal(told(reality));
        const others = differences(reality, outcome.cluster).filter(({ ref }) => !OF_RUNNING.has(ref.kind));
        expect(others.map(line), "in whatever they say").to.deep.equal([]);
      }),
      { numRuns: Number(process.env.FAIRLEAD_RUNS ?? 500) },
    );
  });
});
