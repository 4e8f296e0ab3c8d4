import { MemoryCluster, MemoryStore } from "@fairlead/kube";
import { pool, service } from "@fairlead/kube/testing";
import { MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { decide } from "../../src/plan/decide.ts";
import { CONTROLLER_KINDS, View } from "../../src/view/view.ts";
import { Records } from "../../src/work/records.ts";
import { Work } from "../../src/work/work.ts";

describe("Work", () => {
  it("is about a Service and the address that it takes until both are written", async () => {
    const store = new MemoryStore(new MemoryCluster());
    const view = new View(() => {});
    store.watch(CONTROLLER_KINDS, view.cache);
    await store.create(pool("lan", { addresses: ["192.0.2.0/30"] }));
    await store.create(service("a"));
    const now = () => "2026-06-01T00:00:00Z";
    const options = { store, records: new Records(store), log: new MemoryLog(), now, note: () => {}, onEnd: () => {} };
    const work = new Work(options);
    const subjects = () => [work.isAbout("Service", "default/a"), work.isAbout("IPAllocation", "192.0.2.0")];
    const classes = { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true };
    const plan = decide(view.snapshot({ classes, finalizer: false, pending: work.pending, wars: new Map(), now: 0 }));
    expect(subjects()).to.deep.equal([false, false]);
    work.begin(plan, [], (each) => view.versionOf(each));
    expect(subjects()).to.deep.equal([true, true]);
    await work.ended();
    expect(subjects()).to.deep.equal([false, false]);
    expect(view.index.get("192.0.2.0")).to.not.equal(undefined);
  });
});
