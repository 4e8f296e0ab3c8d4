import { DEFAULT_LEASE_TIMING, type ObjectSink, StoreError, type WatchedKind } from "@fairlead/kube";
import { FaultyStore } from "@fairlead/kube/testing";
import type { KindName } from "@fairlead/model";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { Controller } from "../src/controller.ts";
import { Replica, World } from "./world.ts";

const forbidden = () => new StoreError("Forbidden", "nothing allows it");

/** A store that may not list some kinds. */
class StrictStore extends FaultyStore {
  hidden: readonly KindName[] = [];
  sink: ObjectSink | undefined;

  override watch(kinds: readonly WatchedKind[], sink: ObjectSink): void {
    this.sink = sink;
    super.watch(
      kinds.filter((kind) => typeof kind !== "string" || !this.hidden.includes(kind)),
      sink,
    );
    for (const kind of this.hidden) for (let i = 0; i < 5; i++) sink.failed(kind, forbidden());
  }
}

describe("a controller in trouble", () => {
  let clock: FakeClock;
  let log: MemoryLog;
  let world: World;
  let store: StrictStore;
  let controller: Controller;
  beforeEach(() => {
    clock = new FakeClock();
    log = new MemoryLog();
    world = new World();
    world.pool("lan", "192.0.2.0/30");
    store = new StrictStore(world.cluster);
  });
  afterEach(() => controller.stop());

  async function start(): Promise<void> {
    const classes = { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true };
    const rest = { identity: "a", namespace: "fairlead-system", leaseTiming: DEFAULT_LEASE_TIMING };
    controller = new Controller({ store, clock, log, classes, ...rest });
    controller.start();
    await clock.advance(2_000);
  }

  it("allocates without the kinds that it can do without, and says which it may not list", async () => {
    store.hidden = ["IPClaim", "SpeakerStatus", "ServiceCIDR"];
    world.service("a");
    await start();
    expect(world.statuses).to.deep.equal({ a: ["192.0.2.0"] });
    for (const plural of ["ipclaims.fairlead.dev", "speakerstatuses.fairlead.dev", "servicecidrs.networking.k8s.io"]) {
      expect(controller.notReady()).to.match(new RegExp(`^PermissionMissing: Cannot .*list ${plural}`));
    }
    expect(log.lines.filter(({ message }) => message === "not ready")).to.have.length(1);
  });

  it("frees nothing that is reserved while it may not list IPClaims", async () => {
    world.cluster.apply({
      apiVersion: "fairlead.dev/v1beta1",
      kind: "IPClaim",
      metadata: { namespace: "default", name: "kept" },
      spec: { serviceName: "late", addresses: ["192.0.2.0"] },
    });
    await new Replica(world.cluster).settle();
    expect(world.records).to.deep.equal({ "192.0.2.0": "for kept" });
    store.hidden = ["IPClaim"];
    world.service("a");
    await start();
    expect(world.records).to.deep.equal({ "192.0.2.0": "for kept", "192.0.2.1": "a" });
  });

  for (const kind of ["Service", "Namespace", "IPAddressPool", "L2Advertisement", "IPAllocation", "Node"] as const) {
    it(`allocates nothing while it may not list ${kind}`, async () => {
      store.hidden = [kind];
      world.service("a");
      await start();
      expect(world.statuses).to.deep.equal({ a: [] });
      expect(controller.notReady()).to.match(/^PermissionMissing: Cannot list /);
    });
  }

  it("waits for a kind that it can do without as long as the API server is only away", async () => {
    store.hidden = ["IPClaim"];
    const watch = store.watch.bind(store);
    store.watch = (kinds, sink) => {
      watch(kinds, { ...bound(sink), failed: (kind) => sink.failed(kind, new StoreError("Unavailable", "away")) });
    };
    world.service("a");
    await start();
    expect(world.statuses).to.deep.equal({ a: [] });
    expect(controller.notReady()).to.match(/^ApiUnreachable: /);
  });

  it("names each permission that the API server would refuse, and is ready when it has it", async () => {
    store.refuses = ({ verb, resource }) => verb === "patch" && resource === "services/status";
    await start();
    expect(controller.notReady()).to.match(/^PermissionMissing: Cannot patch services\/status: /);
    store.refuses = () => false;
    await clock.advance(5_000);
    expect(controller.notReady()).to.equal(undefined);
  });

  for (const [reason, isReady] of [
    ["Forbidden", false],
    ["NotFound", false],
    ["Unavailable", true],
  ] as const) {
    it(`is ${isReady ? "" : "not "}ready while the Lease is ${reason}`, async () => {
      store.failBefore = ({ ref }) => (ref.kind === "Lease" ? new StoreError(reason, "no lease") : undefined);
      await start();
      if (isReady) expect(controller.notReady()).to.equal(undefined);
      else expect(controller.notReady()).to.match(/^LeaseUnavailable: .*no lease$/);
      store.failBefore = () => undefined;
      await clock.advance(2_000);
      expect(controller.notReady()).to.equal(undefined);
    });
  }

  it("asks for its permissions anew when a write is refused", async () => {
    await start();
    store.failBefore = ({ verb, ref }) => (verb === "create" && ref.kind === "IPAllocation" ? forbidden() : undefined);
    store.refuses = ({ verb, resource }) => verb === "create" && resource === "ipallocations";
    world.service("a");
    await clock.advance(2_000);
    expect(controller.notReady()).to.match(/Cannot create ipallocations.fairlead.dev: /);
  });
});

function bound(sink: ObjectSink): ObjectSink {
  return {
    synced: (kinds) => sink.synced(kinds),
    replaceAll: (kind, objects, version) => sink.replaceAll(kind, objects, version),
    list: (kind) => sink.list(kind),
    put: (kind, object) => sink.put(kind, object),
    remove: (kind, key, uid) => sink.remove(kind, key, uid),
    failed: (kind, error) => sink.failed(kind, error),
  };
}
