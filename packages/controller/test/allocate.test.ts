import { ANNOTATIONS } from "@fairlead/kube";
import { expect } from "chai";
import { Replica, World } from "./world.ts";

const { loadBalancerIPs, addressPool } = ANNOTATIONS;
const DUAL = { clusterIPs: ["10.96.0.1", "fd00::1"] };
const ips = (value: string) => ({ annotations: { [loadBalancerIPs]: value } });
const from = (pool: string) => ({ annotations: { [addressPool]: pool } });

describe("allocation", () => {
  let world: World;
  let replica: Replica;
  beforeEach(() => {
    world = new World();
    replica = new Replica(world.cluster);
  });

  describe("of any address", () => {
    it("A-34: takes the lowest free one", async () => {
      world.pool("lan", "192.0.2.8/30", "192.0.2.2-192.0.2.3");
      for (const name of ["a", "b", "c"]) world.service(name);
      await replica.settle();
      expect(world.statuses).to.deep.equal({ a: ["192.0.2.2"], b: ["192.0.2.3"], c: ["192.0.2.8"] });
    });

    it("never gives out what is excluded", async () => {
      world.cluster.apply({
        apiVersion: "fairlead.dev/v1beta1",
        kind: "IPAddressPool",
        metadata: { name: "lan" },
        spec: { addresses: ["192.0.2.0/30"], exclude: ["192.0.2.0/32", "192.0.2.2/32"] },
      });
      for (const name of ["a", "b", "c"]) world.service(name);
      await replica.settle();
      expect(world.statuses).to.deep.equal({ a: ["192.0.2.1"], b: ["192.0.2.3"], c: [] });
    });

    it("writes the address with its ipMode, a condition and a record", async () => {
      world.pool("lan", "192.0.2.0/30");
      world.service("web");
      await replica.settle();
      const { status } = world.get("web") as unknown as { status: { loadBalancer: unknown } };
      expect(status.loadBalancer).to.deep.equal({ ingress: [{ ip: "192.0.2.0", ipMode: "VIP" }] });
      expect(world.condition("web")).to.deep.include({ status: "True", reason: "Allocated" });
      expect(world.records).to.deep.equal({ "192.0.2.0": "web" });
      expect(replica.events).to.include("web Allocated");
    });

    it("serves the oldest first", async () => {
      world.pool("lan", "192.0.2.1/32");
      for (const name of ["z", "a"]) world.service(name);
      await replica.settle();
      expect(world.statuses).to.deep.equal({ z: ["192.0.2.1"], a: [] });
      expect(world.reason("a")).to.equal("PoolFull");
    });

    it("E-032: gives a freed address to the one that waits", async () => {
      world.pool("lan", "192.0.2.1/32");
      for (const name of ["a", "b"]) world.service(name);
      await replica.settle();
      world.deleteService("a");
      await replica.settle();
      expect(world.statuses).to.deep.equal({ b: ["192.0.2.1"] });
      expect(world.condition("b")).to.deep.include({ status: "True", reason: "Allocated" });
    });

    it("E-117: leaves an address alone when another pool comes", async () => {
      world.pool("lan", "192.0.2.1/32");
      world.service("a");
      await replica.settle();
      const { resourceVersion } = world.get("a").metadata;
      world.pool("another", "192.0.2.0/32");
      await replica.settle();
      expect(world.get("a").metadata.resourceVersion).to.equal(resourceVersion);
    });

    it("says that no pool exists", async () => {
      world.service("a");
      await replica.settle();
      expect(world.reason("a")).to.equal("NoPool");
    });

    it("gives more Services their addresses than are worked on at once", async () => {
      world.pool("lan", "198.18.0.0/22");
      for (let i = 0; i < 800; i++) world.service(`s${i}`);
      await replica.step();
      expect(Object.values(world.statuses).flat().length).to.be.within(1, 799);
      await replica.settle();
      expect(new Set(Object.values(world.statuses).flat()).size).to.equal(800);
    });
  });

  describe("of an address asked for", () => {
    beforeEach(() => world.pool("lan", "192.0.2.0/29", "2001:db8::/125"));

    for (const [what, spec, metadata, addresses, reason] of [
      ["E-074: gives it", {}, ips("192.0.2.5"), ["192.0.2.5"], "Allocated"],
      ["A-06: gives it by spec.loadBalancerIP", { loadBalancerIP: "192.0.2.5" }, {}, ["192.0.2.5"], "Allocated"],
      [
        "gives both of two families, primary first",
        DUAL,
        ips("2001:db8::5,192.0.2.5"),
        ["192.0.2.5", "2001:db8::5"],
        "Allocated",
      ],
      ["E-077: refuses what is no address", {}, ips("192.0.2"), [], "InvalidRequest"],
      ["E-079: refuses two of a family", {}, ips("192.0.2.1,192.0.2.2"), [], "InvalidRequest"],
      ["E-090: refuses another family", { clusterIPs: ["fd00::1"] }, ips("192.0.2.5"), [], "InvalidRequest"],
      ["E-105: refuses two for one family", {}, ips("192.0.2.5,2001:db8::5"), [], "InvalidRequest"],
      [
        "E-102: refuses one for two families",
        { ...DUAL, ipFamilyPolicy: "RequireDualStack" },
        ips("192.0.2.5"),
        [],
        "InvalidRequest",
      ],
      [
        "gives one to PreferDualStack",
        { ...DUAL, ipFamilyPolicy: "PreferDualStack" },
        ips("192.0.2.5"),
        ["192.0.2.5"],
        "Allocated",
      ],
      ["refuses one in no pool", {}, ips("203.0.113.1"), [], "AddressNotInPool"],
    ] as const) {
      it(what, async () => {
        world.service("a", spec, metadata);
        await replica.settle();
        expect(world.statuses).to.deep.equal({ a: addresses });
        expect(world.reason("a")).to.equal(reason);
      });
    }

    it("E-005: refuses one that another holds, and says who", async () => {
      world.service("a", {}, ips("192.0.2.5"));
      world.service("b", {}, ips("192.0.2.5"));
      await replica.settle();
      expect(world.statuses).to.deep.equal({ a: ["192.0.2.5"], b: [] });
      expect(world.condition("b")?.message).to.contain("default/a");
    });

    it("E-082: moves to another address, and frees the one before", async () => {
      world.service("a");
      await replica.settle();
      world.service("a", {}, ips("192.0.2.5"));
      await replica.settle();
      expect(world.statuses).to.deep.equal({ a: ["192.0.2.5"] });
      expect(world.records).to.deep.equal({ "192.0.2.5": "a" });
    });

    it("E-080: keeps what it has when what it asks for cannot be had", async () => {
      world.service("a");
      await replica.settle();
      world.service("a", {}, ips("203.0.113.1"));
      await replica.settle();
      expect(world.statuses).to.deep.equal({ a: ["192.0.2.0"] });
      expect(world.condition("a")).to.deep.include({ status: "False", reason: "AddressNotInPool" });
      expect(world.records).to.deep.equal({ "192.0.2.0": "a" });
    });

    it("E-087: gives one from a pool that is only for those who ask", async () => {
      world.cluster.apply({
        apiVersion: "fairlead.dev/v1beta1",
        kind: "IPAddressPool",
        metadata: { name: "special" },
        spec: { addresses: ["198.51.100.0/30"], autoAssign: false },
      });
      world.service("a", {}, ips("198.51.100.1"));
      await replica.settle();
      expect(world.statuses).to.deep.equal({ a: ["198.51.100.1"] });
    });
  });

  describe("from a pool asked for", () => {
    beforeEach(() => {
      world.pool("lan", "192.0.2.0/30");
      world.pool("small", "198.51.100.1/32");
    });

    it("A-31: takes its lowest free address", async () => {
      world.service("a", {}, from("small"));
      await replica.settle();
      expect(world.statuses).to.deep.equal({ a: ["198.51.100.1"] });
    });

    it("A-31: takes none from another when it is full", async () => {
      for (const name of ["a", "b"]) world.service(name, {}, from("small"));
      await replica.settle();
      expect(world.statuses).to.deep.equal({ a: ["198.51.100.1"], b: [] });
      expect(world.reason("b")).to.equal("PoolFull");
    });

    it("E-039: says that it does not exist", async () => {
      world.service("a", {}, from("absent"));
      await replica.settle();
      expect(world.condition("a")).to.deep.include({ reason: "UnknownPool" });
    });

    it("E-082: moves there from another pool", async () => {
      world.service("a");
      await replica.settle();
      expect(world.statuses).to.deep.equal({ a: ["192.0.2.0"] });
      world.service("a", {}, from("small"));
      await replica.settle();
      expect(world.statuses).to.deep.equal({ a: ["198.51.100.1"] });
      expect(world.records).to.deep.equal({ "198.51.100.1": "a" });
    });

    it("A-73: keeps an address that the pool has by now, whatever it was taken from", async () => {
      world.service("a");
      await replica.settle();
      world.cluster.delete({ kind: "IPAddressPool", name: "lan" });
      world.pool("office", "192.0.2.0/30", "203.0.113.0/30");
      world.service("a", {}, from("office"));
      await replica.settle();
      expect(world.statuses).to.deep.equal({ a: ["192.0.2.0"] });
    });
  });
});
