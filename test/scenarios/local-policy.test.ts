import { expect } from "chai";
import { ASK_EVERY, Site, VIP } from "./site.ts";

const LOCAL = { externalTrafficPolicy: "Local" };

describe("a Service with externalTrafficPolicy", () => {
  let site: Site;
  beforeEach(async () => {
    site = await Site.create();
  });
  afterEach(() => site.close());

  it("S-08: Local is answered for where there is a ready endpoint, and nowhere else", async () => {
    await site.service("web", LOCAL, { n2: "ready" });
    expect(await site.answering(VIP)).to.deep.equal(["n2"]);
    expect(site.refusals(VIP)).to.deep.equal({ n1: "NoLocalEndpoints", n3: "NoLocalEndpoints" });
  });

  it("S-09: Local follows its endpoints to another node within a second", async () => {
    await site.service("web", LOCAL, { n2: "ready", n3: "gone" });
    site.endpoints("web", { n2: "gone", n3: "ready" });
    await site.pass(1_000);
    expect(await site.answering(VIP)).to.deep.equal(["n3"]);
  });

  it("S-09: Local is withdrawn within a second of its last endpoint", async () => {
    await site.service("web", LOCAL, { n2: "ready" });
    site.endpoints("web", { n2: "gone" });
    await site.pass(1_000);
    expect(await site.answering(VIP)).to.deep.equal([]);
    await site.settle();
    expect(site.refusals(VIP)).to.deep.equal({
      n1: "NoLocalEndpoints",
      n2: "NoLocalEndpoints",
      n3: "NoLocalEndpoints",
    });
    expect(site.ingress("web")).to.deep.equal([VIP]);
  });

  it("S-08: Local moves nowhere when another node gets an endpoint too", async () => {
    await site.service("web", LOCAL, { n2: "ready" });
    site.client.askEvery(ASK_EVERY, VIP);
    site.endpoints("web", { n1: "ready", n2: "ready", n3: "ready" });
    await site.settle();
    const answers = site.client.exchanges(VIP).flatMap(({ answers }) => answers.map(({ mac }) => mac));
    expect(new Set(answers)).to.deep.equal(new Set([site.at("n2").host.link().mac]));
  });

  it("S-16, U-05: Local goes from a node whose endpoint is terminating to one whose is ready", async () => {
    await site.service("web", LOCAL, { n1: "ready" });
    site.endpoints("web", { n1: "serving", n3: "ready" });
    await site.pass(1_000);
    expect(await site.answering(VIP)).to.deep.equal(["n3"]);
  });

  it("S-16, U-05: Local stays where an endpoint is still serving while no other is ready", async () => {
    await site.service("web", LOCAL, { n1: "ready" });
    site.endpoints("web", { n1: "serving", n3: "gone" });
    await site.settle();
    expect(await site.answering(VIP)).to.deep.equal(["n1"]);
  });

  it("S-05: Local makes every node a candidate when an endpoint runs on no node", async () => {
    await site.service("web", LOCAL, { "": "ready" });
    expect(await site.answering(VIP)).to.have.length(1);
    expect(site.refusals(VIP)).to.deep.equal({});
  });

  it("U-06: Cluster is answered for even without any endpoint", async () => {
    await site.service("web", {}, {});
    const owner = await site.owner(VIP);
    expect(site.refusals(VIP)).to.deep.equal({});
    site.endpoints("web", { n1: "serving" });
    await site.settle();
    expect(await site.answering(VIP)).to.deep.equal([owner]);
  });

  it("Local that becomes Cluster stays where it is; back again, it goes where its endpoint is", async () => {
    await site.service("web", LOCAL, { n3: "ready" });
    await site.service("web", {}, { n1: "ready" });
    expect(await site.answering(VIP)).to.deep.equal(["n3"]);
    await site.service("web", LOCAL, { n1: "ready" });
    expect(await site.answering(VIP)).to.deep.equal(["n1"]);
  });
});
