import { ANNOTATIONS } from "@fairlead/kube";
import { expect } from "chai";
import { Replica, World } from "./world.ts";

const { loadBalancerIPs } = ANNOTATIONS;
const DUAL = { clusterIPs: ["10.96.0.1", "fd00::1"] };
const ips = (value: string) => ({ annotations: { [loadBalancerIPs]: value } });

describe("allocation for two families", () => {
  let world: World;
  let replica: Replica;
  beforeEach(() => {
    world = new World();
    replica = new Replica(world.cluster);
  });

  const V4 = ["192.0.2.0/30"];
  const V6 = ["2001:db8::/126"];
  for (const [what, pools, clusterIPs, policy, addresses, status] of [
    ["A-60: one for SingleStack", { lan: [...V4, ...V6] }, ["fd00::1"], "SingleStack", ["2001:db8::"], "True"],
    [
      "A-61: both for RequireDualStack",
      { lan: [...V4, ...V6] },
      DUAL.clusterIPs,
      "RequireDualStack",
      ["192.0.2.0", "2001:db8::"],
      "True",
    ],
    [
      "A-61: none for RequireDualStack when one cannot be had",
      { lan: V4 },
      DUAL.clusterIPs,
      "RequireDualStack",
      [],
      "False",
    ],
    [
      "A-62: both for PreferDualStack",
      { lan: [...V4, ...V6] },
      DUAL.clusterIPs,
      "PreferDualStack",
      ["192.0.2.0", "2001:db8::"],
      "True",
    ],
    [
      "A-62: the one that can be had for PreferDualStack",
      { lan: V4 },
      DUAL.clusterIPs,
      "PreferDualStack",
      ["192.0.2.0"],
      "True",
    ],
    [
      "A-62: the secondary for PreferDualStack",
      { lan: V6 },
      DUAL.clusterIPs,
      "PreferDualStack",
      ["2001:db8::"],
      "True",
    ],
    [
      "A-64: one for PreferDualStack of one family",
      { lan: [...V4, ...V6] },
      ["10.96.0.1"],
      "PreferDualStack",
      ["192.0.2.0"],
      "True",
    ],
    [
      "A-65: the primary first",
      { lan: [...V4, ...V6] },
      ["fd00::1", "10.96.0.1"],
      "RequireDualStack",
      ["2001:db8::", "192.0.2.0"],
      "True",
    ],
    [
      "each from a pool of its own",
      { a: V4, b: V6 },
      DUAL.clusterIPs,
      "RequireDualStack",
      ["192.0.2.0", "2001:db8::"],
      "True",
    ],
    [
      "none for PreferDualStack when there is none",
      { lan: ["198.51.100.1/32"] },
      ["fd00::1"],
      "PreferDualStack",
      [],
      "False",
    ],
  ] as const) {
    it(`gives ${what}`, async () => {
      for (const [name, ranges] of Object.entries(pools)) world.pool(name, ...ranges);
      world.service("a", { clusterIPs, ipFamilyPolicy: policy });
      await replica.settle();
      expect(world.statuses).to.deep.equal({ a: addresses });
      expect(world.condition("a")?.status).to.equal(status);
      expect(Object.keys(world.records)).to.have.lengthOf(addresses.length);
    });
  }

  it("A-66: gives PreferDualStack its second address when a pool has one", async () => {
    world.pool("lan", ...V4);
    world.service("a", { ...DUAL, ipFamilyPolicy: "PreferDualStack" });
    await replica.settle();
    world.pool("lan6", ...V6);
    await replica.settle();
    expect(world.statuses).to.deep.equal({ a: ["192.0.2.0", "2001:db8::"] });
  });

  it("gives the second family up when the Service does", async () => {
    world.pool("lan", ...V4, ...V6);
    world.service("a", DUAL);
    await replica.settle();
    world.service("a", { clusterIPs: ["10.96.0.1"] });
    await replica.settle();
    expect(world.statuses).to.deep.equal({ a: ["192.0.2.0"] });
    expect(world.records).to.deep.equal({ "192.0.2.0": "a" });
  });

  it("gives the second family up even while the request cannot be met", async () => {
    world.pool("lan", ...V4, ...V6);
    world.service("a", DUAL);
    await replica.settle();
    world.service("a", { clusterIPs: ["10.96.0.1"] }, ips("nonsense"));
    await replica.settle();
    expect(world.statuses).to.deep.equal({ a: ["192.0.2.0"] });
    expect(world.records).to.deep.equal({ "192.0.2.0": "a" });
  });

  it("gives the former family up even before the new one can be had", async () => {
    world.pool("lan", ...V4);
    world.service("a");
    await replica.settle();
    world.service("a", { clusterIPs: ["fd00::1"] });
    await replica.settle();
    expect(world.statuses).to.deep.equal({ a: [] });
    expect(world.records).to.deep.equal({});
  });

  it("A-69: says that RequireDualStack lacks one, and keeps the other", async () => {
    world.pool("lan", ...V4);
    world.service("a", { ...DUAL, ipFamilyPolicy: "PreferDualStack" });
    await replica.settle();
    world.service("a", { ...DUAL, ipFamilyPolicy: "RequireDualStack" });
    await replica.settle();
    expect(world.statuses).to.deep.equal({ a: ["192.0.2.0"] });
    expect(world.condition("a")).to.deep.include({ status: "False", reason: "FamilyMissing" });
  });
});
