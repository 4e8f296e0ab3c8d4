import { MemoryCluster, MemoryStore } from "@fairlead/kube";
import { pool, service } from "@fairlead/kube/testing";
import { expect } from "chai";
import { CONTROLLER_KINDS, View } from "../../src/view/view.ts";

const REST = {
  classes: { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true },
  pending: { keys: new Set<string>(), takes: [] },
  finalizer: false,
  wars: new Map<string, string>(),
  now: 0,
};

describe("the surroundings of a View", () => {
  let store: MemoryStore;
  let view: View;
  const surroundings = () => view.snapshot(REST).surroundings;

  beforeEach(async () => {
    const cluster = new MemoryCluster();
    store = new MemoryStore(cluster);
    view = new View(() => {});
    store.watch(CONTROLLER_KINDS, view.cache);
    await store.create(pool("lan", { addresses: ["192.0.2.0/30"] }));
  });

  // What is remembered of thousands of Services goes with them.
  it("stay the same object while a pool only counts anew, and while Services come", async () => {
    const before = surroundings();
    const { uid = "" } = (await store.get({ kind: "IPAddressPool", name: "lan" }))?.metadata ?? {};
    await store.patchStatus({ kind: "IPAddressPool", name: "lan" }, uid, { ipv4: { used: "1" } });
    await store.create(service("a"));
    expect(surroundings()).to.equal(before);
  });

  it("become another when a pool is changed", async () => {
    const before = surroundings();
    await store.create(pool("more", { addresses: ["198.51.100.0/30"] }));
    expect(surroundings()).to.not.equal(before);
    expect(surroundings().pools.map(({ name }) => name)).to.deep.equal(["lan", "more"]);
  });
});
