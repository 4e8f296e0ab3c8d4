import { pool } from "@fairlead/kube/testing";
import type { ClassFilter } from "@fairlead/model";
import { expect } from "chai";
import { Replica, record, World } from "../world.ts";

describe("decisions about what is held", () => {
  let world: World;
  beforeEach(() => {
    world = new World();
    world.pool("lan", "192.0.2.0/30");
  });
  const settle = async (classes?: ClassFilter) => {
    const replica = new Replica(world.cluster, { classes });
    await replica.settle();
    return replica;
  };

  describe("adopts", () => {
    it("every address in a status before it gives any", async () => {
      world.service("new");
      world.service("old");
      world.ingress("old", "192.0.2.0");
      await settle();
      expect(world.statuses).to.deep.equal({ new: ["192.0.2.1"], old: ["192.0.2.0"] });
      expect(world.records).to.deep.equal({ "192.0.2.0": "old", "192.0.2.1": "new" });
    });

    it("in one step with those that are new", async () => {
      world.service("new");
      world.service("old");
      world.ingress("old", "192.0.2.0");
      await new Replica(world.cluster).step();
      expect(world.statuses).to.deep.equal({ new: ["192.0.2.1"], old: ["192.0.2.0"] });
    });

    it("an address whose record was lost", async () => {
      world.service("a");
      await settle();
      world.cluster.delete({ kind: "IPAllocation", name: "192.0.2.0" });
      world.service("b");
      await settle();
      expect(world.statuses).to.deep.equal({ a: ["192.0.2.0"], b: ["192.0.2.1"] });
      expect(world.records).to.deep.equal({ "192.0.2.0": "a", "192.0.2.1": "b" });
    });

    it("one address for the older of two that have it", async () => {
      for (const name of ["a", "b"]) {
        world.service(name);
        world.ingress(name, "192.0.2.3");
      }
      await settle();
      expect(world.statuses).to.deep.equal({ a: ["192.0.2.3"], b: ["192.0.2.0"] });
    });

    it("an address for its record against a status", async () => {
      world.service("a");
      const { uid = "" } = world.service("b").metadata;
      world.ingress("a", "192.0.2.3");
      world.cluster.create(record("192.0.2.3", "b", uid));
      await settle();
      expect(world.statuses).to.deep.equal({ a: ["192.0.2.0"], b: ["192.0.2.3"] });
    });

    it("one address of a family, though a status has more", async () => {
      world.service("a");
      world.ingress("a", "192.0.2.2", "192.0.2.3");
      await settle();
      expect(world.statuses).to.deep.equal({ a: ["192.0.2.2"] });
      expect(world.records).to.deep.equal({ "192.0.2.2": "a" });
    });
  });

  describe("after a crash", () => {
    it("between claim and status finishes the claim", async () => {
      world.service("a");
      await new Replica(world.cluster).crash(({ verb }) => verb === "patchStatus", "failBefore");
      expect(world.records).to.deep.equal({ "192.0.2.0": "a" });
      expect(world.statuses).to.deep.equal({ a: [] });
      await settle();
      expect(world.statuses).to.deep.equal({ a: ["192.0.2.0"] });
    });

    it("between status and release frees what is left over", async () => {
      world.service("a");
      await settle();
      world.service("a", { type: "ClusterIP" });
      await new Replica(world.cluster).crash(({ verb }) => verb === "delete", "failBefore");
      expect(world.records).to.deep.equal({ "192.0.2.0": "a" });
      await settle();
      expect(world.records).to.deep.equal({});
      expect(world.statuses).to.deep.equal({ a: [] });
    });

    it("with two claims of one family keeps the one in the status", async () => {
      const { uid = "" } = world.service("a").metadata;
      world.ingress("a", "192.0.2.1");
      world.cluster.create(record("192.0.2.0", "a", uid));
      world.cluster.create(record("192.0.2.1", "a", uid));
      await settle();
      expect(world.statuses).to.deep.equal({ a: ["192.0.2.1"] });
      expect(world.records).to.deep.equal({ "192.0.2.1": "a" });
    });

    it("with two claims of one family and no status keeps one", async () => {
      const { uid = "" } = world.service("a").metadata;
      world.cluster.create(record("192.0.2.2", "a", uid));
      world.cluster.create(record("192.0.2.1", "a", uid));
      await settle();
      expect(world.statuses.a).to.have.lengthOf(1);
      expect(Object.keys(world.records)).to.deep.equal(world.statuses.a);
    });
  });

  describe("keeps an address", () => {
    beforeEach(async () => {
      world.service("a");
      await settle();
    });

    for (const [what, change] of [
      ["when its pool is deleted (A-71)", () => world.cluster.delete({ kind: "IPAddressPool", name: "lan" })],
      ["when its pool shrinks (A-72)", () => world.pool("lan", "192.0.2.2/31")],
      ["when its pool becomes unreadable (A-79)", () => world.pool("lan", "nonsense")],
      [
        "when its pool is no longer given out unasked (A-75)",
        () => world.cluster.apply(pool("lan", { autoAssign: false })),
      ],
      [
        "when its pool is no longer for it (A-76)",
        () => world.cluster.apply(pool("lan", { serviceAllocation: { namespaces: ["x"] } })),
      ],
      [
        "when its pool is renamed (A-73)",
        () => {
          world.cluster.delete({ kind: "IPAddressPool", name: "lan" });
          world.pool("wan", "192.0.2.0/30");
        },
      ],
      ["when the Service becomes unreadable", () => world.service("a", { loadBalancerSourceRanges: ["nonsense"] })],
    ] as const) {
      it(`${what}, and gives it to no other`, async () => {
        change();
        world.service("b");
        await settle();
        expect(world.statuses.a).to.deep.equal(["192.0.2.0"]);
        expect(world.statuses.b).to.not.include("192.0.2.0");
        expect(world.records["192.0.2.0"]).to.equal("a");
      });
    }
  });

  describe("records", () => {
    it("of a Service that is gone are removed", async () => {
      world.cluster.create(record("192.0.2.0", "gone", "uid-gone"));
      await settle();
      expect(world.records).to.deep.equal({});
    });

    it("that cannot be read keep their address from all, and stop nobody", async () => {
      world.cluster.create({ ...record("192.0.2.0", "x", "u"), spec: {} });
      world.cluster.create({ ...record("192.0.2.1", "x", "u"), metadata: { name: "192.0.2.2" } });
      world.service("a");
      await settle();
      expect(world.statuses).to.deep.equal({ a: ["192.0.2.1"] });
      world.service("b", {}, { annotations: { "fairlead.dev/loadBalancerIPs": "192.0.2.0" } });
      await settle();
      expect(world.reason("b")).to.equal("AddressTaken");
    });

    it("of a Service that this replica has not heard of yet are left", async () => {
      const late = new Replica(world.cluster);
      late.store.holdEvents = true;
      world.service("a");
      await settle();
      const pending = late.store.pending;
      // It hears of the record before it hears of the Service: each kind has a watch of its own.
      late.store.deliverKind("IPAllocation");
      expect(late.store.pending).to.be.below(pending);
      await late.step();
      expect(world.records).to.deep.equal({ "192.0.2.0": "a" });
    });
  });
});
