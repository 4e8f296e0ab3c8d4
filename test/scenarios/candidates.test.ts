import { pool } from "@fairlead/kube/testing";
import { expect } from "chai";
import { advertisement, type NodeOptions } from "./manifests.ts";
import { Site, VIP } from "./site.ts";

const EXCLUDE = "node.kubernetes.io/exclude-from-external-load-balancers";

const UNFIT: readonly { readonly what: string; readonly change: NodeOptions; readonly reason: string }[] = [
  { what: "A-13: with the exclude label", change: { labels: { [EXCLUDE]: "" } }, reason: "NodeExcluded" },
  { what: "A-14: without a network", change: { networkUnavailable: "True" }, reason: "NetworkUnavailable" },
  { what: "that is not ready", change: { ready: "False" }, reason: "NodeNotReady" },
  { what: "whose readiness is unknown", change: { ready: "Unknown" }, reason: "NodeNotReady" },
];

describe("a node", () => {
  let site: Site;
  let owner: string;
  beforeEach(async () => {
    site = await Site.create();
    await site.service("web");
    owner = await site.owner(VIP);
  });
  afterEach(() => site.close());

  for (const { what, change, reason } of UNFIT) {
    it(`${what} gives its address to another, says why, and does not get it back`, async () => {
      site.node(owner, change);
      await site.pass(1_000);
      const heir = await site.owner(VIP);
      expect(heir).not.to.equal(owner);
      await site.settle();
      expect(site.refusals(VIP)).to.deep.equal({ [owner]: reason });
      site.node(owner);
      await site.settle();
      expect(site.refusals(VIP)).to.deep.equal({});
      expect(await site.answering(VIP)).to.deep.equal([heir]);
    });
  }

  it("goes on answering when no node is ready: traffic may well flow still", async () => {
    for (const { name } of site.nodes) site.node(name, { ready: "Unknown" });
    await site.settle();
    expect(await site.answering(VIP)).to.deep.equal([owner]);
    expect(site.refusals(VIP)).to.deep.equal({});
  });

  it("U-02: goes on answering when it is cordoned", async () => {
    site.node(owner, { unschedulable: true });
    await site.settle();
    expect(await site.answering(VIP)).to.deep.equal([owner]);
  });

  it("gives its address to another when its Node is deleted", async () => {
    site.cluster.delete({ kind: "Node", name: owner });
    await site.settle();
    expect(await site.owner(VIP)).not.to.equal(owner);
    expect(site.refusals(VIP)).to.deep.equal({ [owner]: "NodeUnknown" });
  });

  it("says that its link is down", async () => {
    site.at(owner).host.cut();
    await site.settle();
    expect(site.refusals(VIP)).to.deep.equal({ [owner]: "LinkDown" });
  });
});

describe("an address of a Manual pool", () => {
  let site: Site;
  beforeEach(async () => {
    site = await Site.create({ advertise: "Manual" });
    await site.service("web");
  });
  afterEach(() => site.close());

  it("is announced by nobody before an L2Advertisement selects the pool, and at once when one does", async () => {
    expect(site.ingress("web")).to.deep.equal([VIP]);
    expect(await site.answering(VIP)).to.deep.equal([]);
    expect(site.refusals(VIP)).to.deep.equal({ n1: "NoAnnouncement", n2: "NoAnnouncement", n3: "NoAnnouncement" });
    site.cluster.apply(advertisement("all"));
    await site.settle();
    expect(await site.answering(VIP)).to.have.length(1);
    expect(site.refusals(VIP)).to.deep.equal({});
  });

  it("L-04: is announced from the nodes that the advertisement selects, and follows their labels", async () => {
    site.cluster.apply(advertisement("rack", { nodeSelectors: [{ matchLabels: { rack: "1" } }] }));
    site.node("n2", { labels: { rack: "1" } });
    await site.settle();
    expect(await site.answering(VIP)).to.deep.equal(["n2"]);
    expect(site.refusals(VIP)).to.deep.equal({ n1: "NodeNotSelected", n3: "NodeNotSelected" });
    site.node("n2");
    site.node("n3", { labels: { rack: "1" } });
    await site.settle();
    expect(await site.answering(VIP)).to.deep.equal(["n3"]);
  });

  it("L-05: is announced on the links that the advertisement names, and where there is none, by nobody", async () => {
    site.cluster.apply(advertisement("links", { interfaces: ["eth7"] }));
    await site.settle();
    expect(await site.answering(VIP)).to.deep.equal([]);
    expect(site.refusals(VIP)).to.deep.equal({ n1: "NoInterface", n2: "NoInterface", n3: "NoInterface" });
    site.cluster.apply(advertisement("links", { interfaces: ["eth7", "eth0"] }));
    await site.settle();
    expect(await site.answering(VIP)).to.have.length(1);
  });

  it("is announced on the links that patterns and subnets allow, and not on those that are excluded", async () => {
    for (const [spec, count] of [
      [{ interfaces: ["lan*"] }, 0],
      [{ interfaces: ["e*"] }, 1],
      [{ subnets: ["198.51.100.0/24"] }, 0],
      [{ subnets: ["192.0.2.0/24"] }, 1],
      [{ exclude: ["eth?"] }, 0],
    ] as const) {
      site.cluster.apply(advertisement("links", spec));
      await site.settle();
      expect(await site.answering(VIP), JSON.stringify(spec)).to.have.length(count);
      if (count === 0) expect(new Set(Object.values(site.refusals(VIP)))).to.deep.equal(new Set(["NoInterface"]));
    }
  });

  it("L-09: goes to the preferred node, then to the next best, and stays there", async () => {
    const prefer = (weight: number, node: string) => ({ weight, preference: { matchLabels: { name: node } } });
    for (const { name } of site.nodes) site.node(name, { labels: { name } });
    site.cluster.apply(advertisement("preferred", { preferredNodeSelectors: [prefer(50, "n3"), prefer(20, "n1")] }));
    await site.settle();
    expect(await site.answering(VIP)).to.deep.equal(["n3"]);
    site.node("n3", { labels: { [EXCLUDE]: "" } });
    await site.settle();
    expect(await site.answering(VIP)).to.deep.equal(["n1"]);
    site.node("n3", { labels: { name: "n3" } });
    await site.settle();
    expect(await site.answering(VIP)).to.deep.equal(["n1"]);
  });
});

describe("an address that no link's subnet holds", () => {
  let site: Site;
  beforeEach(async () => {
    site = await Site.create();
    site.cluster.apply(pool("lan", { addresses: ["198.51.100.7/32"] }));
    await site.service("web");
  });
  afterEach(() => site.close());

  it("is announced by nobody, unless an advertisement names the link", async () => {
    const vip = "198.51.100.7";
    expect(site.refusals(vip)).to.deep.equal({ n1: "NoInterface", n2: "NoInterface", n3: "NoInterface" });
    site.cluster.apply(advertisement("routed", { interfaces: ["eth0"] }));
    await site.settle();
    expect(await site.answering(vip)).to.have.length(1);
  });
});
