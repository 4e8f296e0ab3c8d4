import { type StoreCall, StoreError } from "@fairlead/kube";
import { expect } from "chai";
import { Replica, World } from "../world.ts";

const failing = (matches: (call: StoreCall) => boolean, reason: "Unavailable" | "Forbidden" = "Unavailable") => {
  return (call: StoreCall) => (matches(call) ? new StoreError(reason, `no ${call.verb}`) : undefined);
};

describe("apply", () => {
  let world: World;
  let replica: Replica;
  beforeEach(() => {
    world = new World();
    replica = new Replica(world.cluster);
    world.pool("lan", "192.0.2.0/29");
    for (const name of ["a", "b", "c"]) world.service(name);
  });

  it("goes on with all others when one Service fails", async () => {
    replica.store.failBefore = failing(({ verb, ref }) => verb === "patchStatus" && ref.name === "b");
    const { failures } = await replica.step();
    expect(failures.map(String)).to.deep.equal(["StoreError: no patchStatus"]);
    expect(world.statuses).to.deep.equal({ a: ["192.0.2.0"], b: [], c: ["192.0.2.2"] });
  });

  it("keeps the claim of the one that failed for it", async () => {
    replica.store.failBefore = failing(({ verb, ref }) => verb === "patchStatus" && ref.name === "b");
    await replica.step();
    replica.store.failBefore = () => undefined;
    world.service("d");
    await replica.settle();
    expect(world.statuses).to.deep.include({ b: ["192.0.2.1"], d: ["192.0.2.3"] });
  });

  it("shows no address that could not be claimed", async () => {
    replica.store.failBefore = failing(({ verb }) => verb === "create");
    const { failures } = await replica.step();
    expect(failures).to.have.lengthOf(3);
    expect(Object.values(world.statuses).flat()).to.deep.equal([]);
  });

  it("loses nothing when the answer to a claim is lost", async () => {
    replica.store.failAfter = failing(({ verb }) => verb === "create");
    await replica.step();
    replica.store.failAfter = () => undefined;
    await replica.settle();
    expect(world.statuses).to.deep.equal({ a: ["192.0.2.0"], b: ["192.0.2.1"], c: ["192.0.2.2"] });
  });

  it("frees no address that could not be taken out of the status", async () => {
    await replica.settle();
    world.service("a", { type: "ClusterIP" });
    replica.store.failBefore = failing(({ verb, ref }) => verb === "patchStatus" && ref.name === "a");
    await replica.step();
    expect(world.records).to.have.property("192.0.2.0", "a");
    replica.store.failBefore = () => undefined;
    await replica.settle();
    expect(world.records).to.not.have.property("192.0.2.0");
  });

  it("takes what others did meanwhile for no failure", async () => {
    replica.store.holdEvents = true;
    world.deleteService("a");
    world.service("b", {}, { labels: { changed: "yes" } });
    const { failures } = await replica.step();
    expect(failures).to.deep.equal([]);
    expect(world.statuses).to.deep.equal({ b: [], c: ["192.0.2.2"] });
    replica.store.deliver();
    await replica.settle();
    expect(world.statuses.b).to.have.lengthOf(1);
    expect(Object.values(world.records).sort()).to.deep.equal(["b", "c"]);
  });

  it("tells of an address once it is in the status, not before", async () => {
    replica.store.failBefore = failing(({ verb, ref }) => verb === "patchStatus" && ref.name === "b", "Forbidden");
    await replica.step();
    expect(replica.events.filter((event) => event.endsWith("Allocated")).sort()).to.deep.equal([
      "a Allocated",
      "c Allocated",
    ]);
  });

  it("hands the address of a Service that was deleted over to one that waits, by one replacement", async () => {
    world.pool("lan", "192.0.2.0/31");
    await replica.settle();
    expect(world.statuses).to.deep.equal({ a: ["192.0.2.0"], b: ["192.0.2.1"], c: [] });
    world.deleteService("a");
    const calls: string[] = [];
    replica.store.failBefore = ({ verb, ref }) => {
      if (ref.kind !== "IPAddressPool") calls.push(`${verb} ${ref.name}`);
      return undefined;
    };
    await replica.step();
    expect(calls).to.deep.equal(["replace 192.0.2.0", "patchStatus c"]);
    expect(world.records).to.deep.equal({ "192.0.2.0": "c", "192.0.2.1": "b" });
  });

  it("writes in the order claim, status, release", async () => {
    await replica.settle();
    world.service("a", {}, { annotations: { "fairlead.dev/loadBalancerIPs": "192.0.2.7" } });
    const calls: string[] = [];
    replica.store.failBefore = ({ verb, ref }) => {
      if (ref.kind !== "IPAddressPool") calls.push(`${verb} ${ref.name}`);
      return undefined;
    };
    await replica.step();
    expect(calls).to.deep.equal(["create 192.0.2.7", "patchStatus a", "delete 192.0.2.0"]);
  });
});
