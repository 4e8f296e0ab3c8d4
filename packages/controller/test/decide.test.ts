import { allocationName, type RawObject } from "@fairlead/kube";
import { pool } from "@fairlead/kube/testing";
import { parseAddress } from "@fairlead/net";
import { expect } from "chai";
import { Replica, World } from "./world.ts";

const record = (address: string, name: string, uid: string): RawObject => ({
  apiVersion: "fairlead.dev/v1beta1",
  kind: "IPAllocation",
  metadata: { name: allocationName(parseAddress(address)) },
  spec: { address, pool: "lan", serviceRef: { namespace: "default", name, uid } },
});

describe("decide", () => {
  let world: World;
  beforeEach(() => {
    world = new World();
    world.pool("lan", "192.0.2.0/30");
  });
  const settle = async (classes?: ConstructorParameters<typeof Replica>[1]) => {
    const replica = new Replica(world.cluster, classes);
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
      world.service("a", {}, { deletionTimestamp: "2026-06-01T00:00:00Z" });
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

  describe("pools", () => {
    it("P-07: of two that overlap uses the older, and marks the other", async () => {
      world.pool("b-later", "192.0.2.2/31", "198.51.100.0/30");
      for (const name of ["a", "b", "c", "d", "e"]) world.service(name);
      const replica = await settle();
      expect(Object.values(world.statuses).flat().sort()).to.deep.equal([
        "192.0.2.0",
        "192.0.2.1",
        "192.0.2.2",
        "192.0.2.3",
      ]);
      expect(world.poolStatus("b-later").conditions).to.have.nested.property("[0].reason", "PoolOverlaps");
      expect(world.poolStatus("b-later").conditions).to.have.nested.property("[0].status", "False");
      expect(world.poolStatus("lan").conditions).to.have.nested.property("[0].status", "True");
      expect(replica.events).to.include("b-later PoolOverlaps");
    });

    it("uses the later one when the older is gone", async () => {
      world.pool("later", "192.0.2.2/31");
      await settle();
      world.cluster.delete({ kind: "IPAddressPool", name: "lan" });
      world.service("a");
      await settle();
      expect(world.statuses).to.deep.equal({ a: ["192.0.2.2"] });
      expect(world.poolStatus("later").conditions).to.have.nested.property("[0].status", "True");
    });

    it("marks a bad one, and goes on with the others", async () => {
      world.pool("bad", "192.0.2.300/32");
      world.service("a");
      await settle();
      expect(world.poolStatus("bad").conditions).to.have.nested.property("[0].reason", "InvalidRange");
      expect(world.statuses).to.deep.equal({ a: ["192.0.2.0"] });
    });

    it("P-18: counts addresses by family and state", async () => {
      world.pool("dual", "198.51.100.0/30", "2001:db8::/64");
      world.service("a", { clusterIPs: ["fd00::1"] });
      await settle();
      expect(world.poolStatus("dual")).to.deep.include({
        totalIPv4: 4,
        usableIPv4: 4,
        assignedIPv4: 0,
        availableIPv4: 4,
        totalIPv6: Number.MAX_SAFE_INTEGER,
        assignedIPv6: 1,
        availableIPv6: Number.MAX_SAFE_INTEGER,
      });
      world.deleteService("a");
      await settle();
      expect(world.poolStatus("dual")).to.deep.include({ assignedIPv6: 0 });
    });

    it("tells nothing twice", async () => {
      world.service("a");
      const replica = await settle();
      const { version } = world.cluster;
      await replica.step();
      expect(world.cluster.version).to.equal(version);
    });

    const allocation = (name: string, addresses: string, serviceAllocation?: object, more: object = {}) =>
      world.cluster.apply(
        pool(name, { addresses: [addresses], ...(serviceAllocation && { serviceAllocation }), ...more }),
      );
    const order = async (service: () => void) => {
      service();
      await settle();
      return world.statuses.a;
    };

    it("P-10, A-32: tries one made for a Service before one for all", async () => {
      allocation("own", "198.51.100.1/32", { namespaces: ["default"] });
      expect(await order(() => world.service("a"))).to.deep.equal(["198.51.100.1"]);
    });

    it("P-11: tries the lower priority number first, 0 last", async () => {
      allocation("zero", "198.51.100.0/32", { priority: 0 });
      allocation("twenty", "198.51.100.20/32", { priority: 20 });
      allocation("five", "198.51.100.5/32", { priority: 5 });
      for (const name of ["a", "b", "c", "d"]) world.service(name);
      await settle();
      expect(Object.values(world.statuses).flat()).to.deep.equal([
        "198.51.100.5",
        "198.51.100.20",
        "198.51.100.0",
        "192.0.2.0",
      ]);
    });

    for (const [what, rule, labels, chosen] of [
      ["P-12: by another namespace's name", { namespaces: ["x"] }, {}, false],
      ["P-13: by its namespace's labels", { namespaceSelectors: [{ matchLabels: { team: "web" } }] }, {}, true],
      [
        "P-13: by labels that its namespace lacks",
        { namespaceSelectors: [{ matchLabels: { team: "db" } }] },
        {},
        false,
      ],
      [
        "P-13: by name or by labels",
        { namespaces: ["x"], namespaceSelectors: [{ matchLabels: { team: "web" } }] },
        {},
        true,
      ],
      [
        "P-14: by its labels",
        { serviceSelectors: [{ matchLabels: { tier: "x" } }, { matchLabels: { tier: "front" } }] },
        { tier: "front" },
        true,
      ],
      ["P-14: by labels that it lacks", { serviceSelectors: [{ matchLabels: { tier: "front" } }] }, {}, false],
      [
        "P-15: by namespace, but not by labels",
        { namespaces: ["default"], serviceSelectors: [{ matchLabels: { tier: "front" } }] },
        {},
        false,
      ],
      [
        "P-17: by a namespace selector that matches none",
        { namespaceSelectors: [{ matchLabels: { a: "b" } }] },
        {},
        false,
      ],
    ] as const) {
      it(`${what} is ${chosen ? "" : "not "}for a Service`, async () => {
        world.cluster.apply({
          apiVersion: "v1",
          kind: "Namespace",
          metadata: { name: "default", labels: { team: "web" } },
        });
        allocation("own", "198.51.100.1/32", rule);
        expect(await order(() => world.service("a", {}, { labels }))).to.deep.equal([
          chosen ? "198.51.100.1" : "192.0.2.0",
        ]);
      });
    }

    it("P-08: gives nothing unasked from one without autoAssign", async () => {
      world.cluster.delete({ kind: "IPAddressPool", name: "lan" });
      allocation("asked", "198.51.100.1/32", undefined, { autoAssign: false });
      expect(await order(() => world.service("a"))).to.deep.equal([]);
      expect(world.reason("a")).to.equal("NotAllowedForService");
    });
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
