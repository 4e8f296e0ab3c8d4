import { expect } from "chai";
import { endpoints } from "./manifests.ts";
import { DUAL_STACK, Site, VIP, VIP6 } from "./site.ts";

const BOTH = { ipFamilies: ["IPv4", "IPv6"], ipFamilyPolicy: "RequireDualStack" };

describe("a dual-stack Service", () => {
  let site: Site;
  beforeEach(async () => {
    site = await Site.create(DUAL_STACK);
  });
  afterEach(() => site.close());

  it("gets an address of each family, and one node answers for each", async () => {
    await site.service("web", BOTH);
    expect(site.ingress("web")).to.deep.equal([VIP, VIP6]);
    expect(await site.answering(VIP)).to.have.length(1);
    expect(await site.answering(VIP6)).to.have.length(1);
    expect(site.refusals(VIP6)).to.deep.equal({});
  });

  it("keeps both addresses answered for when the owner of either dies", async () => {
    await site.service("web", BOTH);
    for (const address of [VIP, VIP6]) {
      const owner = await site.owner(address);
      await site.at(owner).crash();
      await site.settle();
      expect(await site.owner(address)).not.to.equal(owner);
      site.at(owner).host.restore();
      site.at(owner).start();
      await site.settle();
    }
    expect(await site.answering(VIP)).to.have.length(1);
    expect(await site.answering(VIP6)).to.have.length(1);
  });

  it("of policy Local is announced for each family from where that has endpoints", async () => {
    await site.service("web", { ...BOTH, externalTrafficPolicy: "Local" }, { n1: "ready" });
    site.cluster.apply(endpoints("web", { n2: "ready" }, 6));
    await site.settle();
    expect(await site.answering(VIP)).to.deep.equal(["n1"]);
    expect(await site.answering(VIP6)).to.deep.equal(["n2"]);
    expect(site.refusals(VIP6)).to.deep.equal({ n1: "NoLocalEndpoints", n3: "NoLocalEndpoints" });
  });

  it("loses the address of a family that it no longer wants, and nobody answers for it", async () => {
    await site.service("web", BOTH);
    await site.service("web", { ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" });
    expect(site.ingress("web")).to.deep.equal([VIP]);
    expect(await site.answering(VIP6)).to.deep.equal([]);
    expect(await site.answering(VIP)).to.have.length(1);
  });
});
