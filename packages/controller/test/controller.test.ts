import { DEFAULT_LEASE_TIMING, StoreError } from "@fairlead/kube";
import { FaultyStore, pool } from "@fairlead/kube/testing";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { Controller } from "../src/controller.ts";
import { World } from "./world.ts";

/** A cluster with replicas of the controller that run by themselves, on one clock. */
class Deployment {
  readonly clock = new FakeClock();
  readonly world = new World();
  readonly replicas: { controller: Controller; store: FaultyStore; log: MemoryLog }[] = [];

  start(store = new FaultyStore(this.world.cluster), finalizer = false): { controller: Controller } {
    const log = new MemoryLog();
    const controller = new Controller({
      store,
      clock: this.clock,
      log,
      classes: { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true },
      finalizer,
      identity: `replica-${this.replicas.length}`,
      namespace: "fairlead-system",
      leaseTiming: DEFAULT_LEASE_TIMING,
    });
    this.replicas.push({ controller, store, log });
    controller.start();
    return { controller };
  }

  replica(index: number) {
    const found = this.replicas[index];
    if (found === undefined) throw new Error(`Cannot find replica ${index}`);
    return found;
  }

  /** As if its node had lost power: no request gets through any more. */
  kill(index: number): void {
    this.replica(index).store.failBefore = () => new StoreError("Unavailable", "dead");
  }
}

describe("Controller", () => {
  let deployment: Deployment;
  beforeEach(() => {
    deployment = new Deployment();
    deployment.world.pool("lan", "192.0.2.0/30");
  });

  it("serves a Service soon after it was created", async () => {
    deployment.start();
    await deployment.clock.advance(100);
    deployment.world.service("a");
    await deployment.clock.advance(100);
    expect(deployment.world.statuses).to.deep.equal({ a: ["192.0.2.0"] });
    expect(deployment.world.condition("a")).to.deep.include({ status: "True" });
  });

  it("is ready when it has listed everything, and not before", () => {
    const store = new FaultyStore(deployment.world.cluster);
    const watch = store.watch.bind(store);
    let list = () => {};
    store.watch = (...args) => {
      list = () => watch(...args);
    };
    const { controller } = deployment.start(store);
    expect(controller.notReady()).to.match(/^waiting for the first list of Service, .*ServiceCIDR$/);
    list();
    expect(controller.notReady()).to.equal(undefined);
  });

  it("looks again when the time is over for which a withdrawn address is waited for, though nothing has changed", async () => {
    const { world, clock } = deployment;
    const ref = { kind: "SpeakerStatus", name: "n1" } as const;
    const { metadata } = world.cluster.create({
      apiVersion: "fairlead.dev/v1beta1",
      kind: "SpeakerStatus",
      metadata: { name: "n1" },
    });
    world.cluster.patchStatus(ref, metadata.uid ?? "", { layer2: { addresses: [{ address: "192.0.2.0" }] } });
    world.service("a");
    deployment.start(undefined, true);
    await clock.advance(2_000);
    world.deleteService("a");
    await clock.advance(9_000);
    expect(world.records).to.deep.equal({ "192.0.2.0": "a" });
    await clock.advance(1_500);
    expect(world.statuses).to.deep.equal({});
    expect(world.records).to.deep.equal({});
  });

  it("looks again when an address has cooled down, though nothing has changed", async () => {
    const { world, clock } = deployment;
    world.cluster.apply(pool("lan", { addresses: ["192.0.2.0/30"], coolDownSeconds: 20 }));
    world.service("a");
    deployment.start();
    await clock.advance(1_000);
    world.deleteService("a");
    await clock.advance(19_500);
    expect(world.records).to.deep.equal({ "192.0.2.0": "(a)" });
    await clock.advance(1_000);
    expect(world.records).to.deep.equal({});
  });

  it("keeps what is known of a speaker's last sign of life up to date, which is no news", async () => {
    const { world, clock } = deployment;
    const ref = { kind: "SpeakerStatus", name: "n1" } as const;
    const object = { apiVersion: "fairlead.dev/v1beta1", kind: "SpeakerStatus", metadata: { name: "n1" } };
    const { metadata } = world.cluster.create(object);
    const beat = () => {
      const lastSeen = new Date(clock.now()).toISOString();
      const layer2 = { addresses: [{ address: "192.0.2.0" }] };
      world.cluster.patchStatus(ref, metadata.uid ?? "", { layer2, lastSeen });
    };
    beat();
    world.service("a");
    deployment.start(undefined, true);
    await clock.advance(120_000);
    beat();
    world.deleteService("a");
    await clock.advance(9_000);
    expect(world.records, "a speaker that beats is waited for").to.deep.equal({ "192.0.2.0": "a" });
    await clock.advance(1_500);
    world.service("b");
    await clock.advance(120_000);
    world.deleteService("b");
    await clock.advance(4_000);
    expect(world.records, "one that is silent is not").to.deep.equal({});
  });

  it("writes an Event for each address", async () => {
    deployment.world.service("a");
    deployment.start();
    await deployment.clock.advance(1_000);
    const events = deployment.world.cluster.list("Event").map(({ reason, involvedObject }) => {
      return `${(involvedObject as { name: string }).name} ${String(reason)}`;
    });
    expect(events).to.include("a Allocated");
  });

  it("acts in one replica only", async () => {
    deployment.start();
    deployment.start();
    await deployment.clock.advance(100);
    deployment.world.service("a");
    await deployment.clock.advance(1_000);
    const busy = deployment.replicas.filter(({ log }) =>
      log.lines.some(({ message }) => message === "address allocated"),
    );
    expect(busy).to.have.lengthOf(1);
  });

  it("hands over when the leader stops", async () => {
    deployment.start();
    deployment.start();
    await deployment.clock.advance(100);
    await deployment.replica(0).controller.stop();
    await deployment.clock.advance(DEFAULT_LEASE_TIMING.retry);
    deployment.world.service("a");
    await deployment.clock.advance(100);
    expect(deployment.world.statuses).to.deep.equal({ a: ["192.0.2.0"] });
  });

  it("goes on in another replica when the leader dies, and changes no address", async () => {
    deployment.world.service("a");
    deployment.start();
    deployment.start();
    await deployment.clock.advance(100);
    const before = deployment.world.statuses;
    deployment.kill(0);
    deployment.world.service("b");
    await deployment.clock.advance(2 * DEFAULT_LEASE_TIMING.duration);
    expect(deployment.world.statuses).to.deep.equal({ ...before, b: ["192.0.2.1"] });
  });

  it("says once what is wrong with an object, and again when that changes", async () => {
    const warnings = () =>
      deployment
        .replica(0)
        .log.lines.filter(({ message }) => message === "object cannot be used")
        .map(({ fields }) => fields.object);
    deployment.world.service("bad", { loadBalancerSourceRanges: ["nonsense"] });
    deployment.start();
    await deployment.clock.advance(100);
    deployment.world.service("good");
    await deployment.clock.advance(100);
    expect(warnings()).to.deep.equal(["Service/default/bad"]);
    deployment.world.service("bad", { loadBalancerSourceRanges: ["other nonsense"] });
    await deployment.clock.advance(100);
    expect(warnings()).to.deep.equal(["Service/default/bad", "Service/default/bad"]);
    expect(deployment.world.statuses).to.deep.equal({ bad: [], good: ["192.0.2.0"] });
  });

  it("tries again what failed, and serves the others meanwhile", async () => {
    deployment.world.service("a");
    deployment.world.service("b");
    deployment.start();
    const { store, log } = deployment.replica(0);
    let allowed = false;
    store.failBefore = ({ verb, ref }) =>
      verb === "patchStatus" && ref.name === "a" && !allowed ? new StoreError("Forbidden", "no") : undefined;
    await deployment.clock.advance(1_000);
    expect(deployment.world.statuses).to.deep.equal({ a: [], b: ["192.0.2.1"] });
    expect(log.lines.map(({ message }) => message)).to.include("could not do everything; trying again");
    allowed = true;
    await deployment.clock.advance(10_000);
    expect(deployment.world.statuses).to.deep.equal({ a: ["192.0.2.0"], b: ["192.0.2.1"] });
  });

  it("rests when there is nothing to do", async () => {
    deployment.world.service("a");
    deployment.start();
    await deployment.clock.advance(5_000);
    const calls: string[] = [];
    deployment.replica(0).store.failBefore = ({ verb, ref }) => {
      if (ref.kind !== "Lease") calls.push(`${verb} ${ref.kind}`);
      return undefined;
    };
    await deployment.clock.advance(300_000);
    expect(calls).to.deep.equal([]);
  });
});
