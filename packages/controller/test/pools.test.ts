import { pool } from "@fairlead/kube/testing";
import { expect } from "chai";
import { Replica, World } from "./world.ts";

describe("decisions about pools", () => {
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
    ["P-13: by labels that its namespace lacks", { namespaceSelectors: [{ matchLabels: { team: "db" } }] }, {}, false],
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
