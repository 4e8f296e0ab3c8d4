import type { ClassFilter } from "@fairlead/model";
import { expect } from "chai";
import { Replica, World } from "../world.ts";

describe("decide", () => {
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

  describe("S-01: on a change of type", () => {
    for (const type of ["ClusterIP", "NodePort", "ExternalName"]) {
      it(`to ${type} frees the address, and gives one again on the way back`, async () => {
        world.service("a");
        await settle();
        world.service("a", { type });
        const replica = await settle();
        expect(world.statuses).to.deep.equal({ a: [] });
        expect(world.records).to.deep.equal({});
        expect(world.condition("a")).to.deep.include({ status: "False", reason: "NotServed" });
        expect(replica.log.lines.filter(({ level }) => level === "warn")).to.deep.equal([]);
        world.service("a");
        await settle();
        expect(world.statuses).to.deep.equal({ a: ["192.0.2.0"] });
      });

      it(`never touches a Service that has always been ${type}`, async () => {
        world.service("a", { type }, { annotations: { "fairlead.dev/loadBalancerIPs": "192.0.2.1" } });
        const { resourceVersion } = world.get("a").metadata;
        await settle();
        expect(world.get("a").metadata.resourceVersion).to.equal(resourceVersion);
      });
    }

    it("S-07: never serves a headless Service", async () => {
      world.service("a", { clusterIP: "None", clusterIPs: ["None"] });
      await settle();
      expect(world.records).to.deep.equal({});
    });

    it("leaves what is not Fairlead's in the status", async () => {
      world.service("a");
      await settle();
      world.ingress("a", "192.0.2.0", "203.0.113.9");
      world.service("a", { type: "ClusterIP" });
      await settle();
      expect(world.statuses).to.deep.equal({ a: ["203.0.113.9"] });
    });
  });

  describe("serves", () => {
    const OWN = "fairlead.dev/fairlead";
    const all = { loadBalancerClass: OWN, unclassed: true };
    const classed = { loadBalancerClass: OWN, unclassed: false };
    for (const [id, loadBalancerClass, classes, served] of [
      ["A-20", undefined, all, true],
      ["A-21", undefined, classed, false],
      ["A-22", "example.com/other", all, false],
      ["A-23", "example.com/other", classed, false],
      ["A-24", OWN, classed, true],
      ["A-24", OWN, all, true],
    ] as const) {
      const own = classes.unclassed ? "with" : "without";
      it(`${id}: ${served ? "a" : "no"} Service of class ${loadBalancerClass ?? "none"} ${own} the unclassed`, async () => {
        world.service("a", { ...(loadBalancerClass !== undefined && { loadBalancerClass }) });
        await settle(classes);
        expect(world.statuses.a).to.have.lengthOf(served ? 1 : 0);
      });
    }

    it("A-25: leaves the status of a Service of another class alone", async () => {
      world.service("a", { loadBalancerClass: "example.com/other" });
      world.ingress("a", "192.0.2.1");
      const { resourceVersion } = world.get("a").metadata;
      await settle();
      expect(world.get("a").metadata.resourceVersion).to.equal(resourceVersion);
      expect(world.records).to.deep.equal({});
    });

    it("no Service that is being deleted", async () => {
      world.service("a");
      await settle();
      world.service("a", {}, { deletionTimestamp: "2026-06-01T00:00:00Z", finalizers: ["example.com/other"] });
      await settle();
      expect(world.statuses).to.deep.equal({ a: [] });
      expect(world.records).to.deep.equal({});
    });

    it("a successor of the same name with an address of its own", async () => {
      world.service("a");
      await settle();
      world.deleteService("a");
      world.service("a");
      await settle();
      expect(world.statuses.a).to.have.lengthOf(1);
      expect(Object.keys(world.records)).to.deep.equal(world.statuses.a);
    });
  });

  describe("leaves a foreign status alone", () => {
    for (const [what, ingress] of [
      ["an address in no pool", ["203.0.113.9"]],
      ["a host name", ["lb.example"]],
    ] as const) {
      it(`with ${what}, and says so`, async () => {
        world.service("a");
        world.ingress("a", ...ingress);
        await settle();
        const { status } = world.get("a") as unknown as { status: { loadBalancer: { ingress: object[] } } };
        expect(status.loadBalancer.ingress.flatMap(Object.values)).to.deep.equal(ingress);
        expect(world.reason("a")).to.equal("ForeignStatus");
        expect(world.records).to.deep.equal({});
      });
    }

    it("and its conditions, too", async () => {
      const { uid = "" } = world.service("a").metadata;
      const foreign = {
        type: "Foreign",
        status: "True",
        reason: "R",
        message: "",
        lastTransitionTime: "2026-01-01T00:00:00Z",
      };
      const ref = { kind: "Service", namespace: "default", name: "a" } as const;
      world.cluster.patchStatus(ref, uid, { conditions: [foreign] });
      await settle();
      const { status } = world.get("a") as unknown as { status: { conditions: object[] } };
      expect(status.conditions).to.deep.include(foreign);
      expect(world.reason("a")).to.equal("Allocated");
    });
  });
});
