import { DEFAULT_LEASE_TIMING, MemoryStore } from "@fairlead/kube";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { Controller } from "../../src/controller.ts";
import { poolAddresses } from "../../src/metrics.ts";
import { World } from "../world.ts";

describe("reference 2.9: the controller as a whole", () => {
  let world: World;
  let clock: FakeClock;
  let store: MemoryStore;
  let controller: Controller;

  beforeEach(() => {
    world = new World();
    clock = new FakeClock();
    store = new MemoryStore(world.cluster);
    controller = new Controller({
      store,
      clock,
      log: new MemoryLog(),
      classes: { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true },
      identity: "replica",
      namespace: "fairlead-system",
      leaseTiming: DEFAULT_LEASE_TIMING,
    });
  });
  afterEach(() => controller.stop());

  /** Addresses held, by pool and family, as the metrics say. */
  const assigned = async () => {
    const { values } = await poolAddresses.get();
    const held = values.filter(({ labels }) => labels.state === "assigned");
    return Object.fromEntries(held.map(({ labels, value }) => [`${labels.pool} ${labels.family}`, value]));
  };

  it("E-059: the metrics of a pool vanish with it, though a Service keeps its address", async () => {
    world.pool("lan", "192.0.2.0/30");
    world.pool("other", "198.51.100.0/30");
    world.service("a");
    controller.start();
    await clock.advance(3_000);
    expect(await assigned()).to.deep.equal({ "lan IPv4": 1, "lan IPv6": 0, "other IPv4": 0, "other IPv6": 0 });
    world.cluster.delete({ kind: "IPAddressPool", name: "lan" });
    await clock.advance(3_000);
    expect(await assigned()).to.deep.equal({ "other IPv4": 0, "other IPv6": 0 });
    world.cluster.delete({ kind: "IPAddressPool", name: "other" });
    await clock.advance(3_000);
    expect(await assigned()).to.deep.equal({});
    expect(world.statuses).to.deep.equal({ a: ["192.0.2.0"] });
  });

  it("E-114: nothing is decided before the pools are known", async () => {
    let listPools = () => {};
    const watch = store.watch.bind(store);
    store.watch = (kinds, cache) => {
      listPools = () => cache.replaceAll("IPAddressPool", world.cluster.list("IPAddressPool"), world.cluster.version);
      watch(
        kinds.filter((kind) => kind !== "IPAddressPool"),
        cache,
      );
    };
    world.service("a");
    controller.start();
    await clock.advance(3_000);
    expect(world.get("a").status).to.equal(undefined);
    listPools();
    await clock.advance(3_000);
    expect(world.reason("a")).to.equal("NoPool");
  });
});
