import { service } from "@fairlead/kube/testing";
import { expect } from "chai";
import { Site, VIP } from "./site.ts";

describe("a Service of type LoadBalancer", () => {
  let site: Site;
  beforeEach(async () => {
    site = await Site.create();
  });
  afterEach(() => site.close());

  it("gets an address that exactly one node answers for, and that every node forwards", async () => {
    await site.service("web");
    expect(site.ingress("web")).to.deep.equal([VIP]);
    const owner = await site.owner(VIP);
    expect(site.layer2Status(owner)).to.deep.include({ owned: 1, refusals: [] });
    for (const other of site.others(owner)) expect(site.layer2Status(other)).to.deep.include({ owned: 0 });
    for (const { nft } of site.nodes) expect(nft.table("inet fairlead")?.sets.get("endpoints4")?.size).to.equal(3);
  });

  it("is answered for well within a second of its creation", async () => {
    site.cluster.apply(service("web"));
    const created = site.clock.monotonic();
    while ((await site.answering(VIP)).length === 0 && site.clock.monotonic() - created < 5_000);
    expect(site.clock.monotonic() - created).to.be.below(500);
  });

  for (const [what, change] of [
    ["becomes a ClusterIP", () => site.cluster.apply(service("web", { type: "ClusterIP" }))],
    ["becomes another class's", () => site.cluster.apply(service("web", { loadBalancerClass: "example.com/other" }))],
    ["is deleted", () => site.cluster.delete({ kind: "Service", namespace: "default", name: "web" })],
  ] as const) {
    it(`is withdrawn everywhere when it ${what}, and its address is free again`, async () => {
      await site.service("web");
      change();
      await site.pass(1_000);
      expect(await site.answering(VIP)).to.deep.equal([]);
      expect(site.ingress("web")).to.deep.equal([]);
      expect(site.allocations()).to.deep.equal([]);
      for (const { nft } of site.nodes) expect(nft.table("inet fairlead")?.sets.get("endpoints4")?.size).to.equal(0);
      await site.service("next");
      expect(site.ingress("next")).to.deep.equal([VIP]);
    });
  }

  it("shares the nodes with others: none has more than its part and one", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) site.cluster.apply(service(name));
    await site.service("f");
    const owned = site.nodes.map(({ name }) => site.layer2Status(name).owned ?? 0);
    expect(owned.reduce((a, b) => a + b)).to.equal(6);
    expect(Math.max(...owned)).to.be.at.most(3);
  });

  it("U-03: keeps its address when the pool is edited under it", async () => {
    await site.service("web");
    const owner = await site.owner(VIP);
    site.cluster.apply({
      apiVersion: "fairlead.dev/v1beta1",
      kind: "IPAddressPool",
      metadata: { name: "lan" },
      spec: { addresses: ["192.0.2.210-192.0.2.220"] },
    });
    await site.settle();
    expect(site.ingress("web")).to.deep.equal([VIP]);
    expect(await site.answering(VIP)).to.deep.equal([owner]);
  });

  it("U-04: that another controller gave its address is left alone", async () => {
    const { uid = "" } = site.cluster.apply(service("web")).metadata;
    const ref = { kind: "Service", namespace: "default", name: "web" } as const;
    site.cluster.patchStatus(ref, uid, { loadBalancer: { ingress: [{ ip: "192.0.2.99" }] } });
    await site.settle();
    expect(site.ingress("web")).to.deep.equal(["192.0.2.99"]);
    expect(await site.answering("192.0.2.99")).to.deep.equal([]);
  });
});
