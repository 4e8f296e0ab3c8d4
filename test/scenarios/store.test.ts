import { service } from "@fairlead/kube/testing";
import { expect } from "chai";
import { Site, VIP } from "./site.ts";

describe("while the store", () => {
  let site: Site;
  let owner: string;
  beforeEach(async () => {
    site = await Site.create();
    await site.service("web");
    owner = await site.owner(VIP);
  });
  afterEach(() => site.close());

  it("says nothing and takes nothing, nothing is withdrawn, and nodes still follow each other", async () => {
    site.cutStores();
    site.cluster.delete({ kind: "Service", namespace: "default", name: "web" });
    await site.pass(30_000);
    expect(await site.answering(VIP)).to.deep.equal([owner]);
    await site.at(owner).kill();
    await site.settle();
    expect(await site.owner(VIP)).not.to.equal(owner);
  });

  it("has lost the IPAllocations, nothing is withdrawn, and they come back as they were", async () => {
    const before = site.allocations().map(({ spec }) => spec);
    for (const { metadata } of site.allocations()) site.cluster.delete({ kind: "IPAllocation", name: metadata.name });
    expect(await site.answering(VIP)).to.deep.equal([owner]);
    await site.settle();
    expect(site.allocations().map(({ spec }) => spec)).to.deep.equal(before);
    expect(site.ingress("web")).to.deep.equal([VIP]);
    expect(await site.answering(VIP)).to.deep.equal([owner]);
  });

  it("has lost the pool, nothing is withdrawn, and nothing new is given out", async () => {
    site.cluster.delete({ kind: "IPAddressPool", name: "lan" });
    site.cluster.apply(service("late"));
    await site.settle();
    expect(site.ingress("web")).to.deep.equal([VIP]);
    expect(await site.answering(VIP)).to.deep.equal([owner]);
    expect(site.ingress("late")).to.deep.equal([]);
  });

  it("has lost the SpeakerStatuses, each is made anew with the next change", async () => {
    for (const { name } of site.nodes) site.cluster.delete({ kind: "SpeakerStatus", name });
    await site.service("next");
    const owned = site.nodes.map(({ name }) => site.layer2Status(name).owned ?? 0);
    expect(owned.reduce((a, b) => a + b)).to.be.at.least(1);
  });
});
