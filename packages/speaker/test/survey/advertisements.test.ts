import type { L2Advertisement, LabelSelector } from "@fairlead/model";
import { ANY_LINK, type LinkSelector } from "@fairlead/net";
import { expect } from "chai";
import { type Reach, Reaches } from "../../src/survey/advertisements.ts";
import { aNode, anAdvertisement, aPool, aService } from "../builders.ts";

const match = (matchLabels: Record<string, string>): LabelSelector => ({ matchLabels, matchExpressions: [] });
const named = (...interfaces: string[]): LinkSelector => ({ ...ANY_LINK, interfaces });
const prefer = (weight: number, labels: Record<string, string>) => ({ weight, selector: match(labels) });
const NODES = [
  aNode("n1", { labels: { rack: "1", disk: "fast" } }),
  aNode("n2", { labels: { rack: "2" } }),
  aNode("n3"),
];
const POOL = aPool({ labels: { tier: "gold" } });
const MANUAL = aPool({ labels: { tier: "gold" }, advertise: "Manual" });
const SERVICE = aService({ labels: { app: "web" } });
const ALL = ["n1", "n2", "n3"];
const RACK_1 = { nodeSelectors: [match({ rack: "1" })] };
const RACK_2 = { nodeSelectors: [match({ rack: "2" })] };

interface Row {
  readonly name: string;
  readonly pool?: typeof POOL;
  readonly advertisements: readonly Partial<L2Advertisement>[];
  /** Nodes that may announce; undefined when nobody may, for lack of an advertisement. */
  readonly nodes: readonly string[] | undefined;
  /** Of n1, if it may: any link whose subnet holds the address unless told. */
  readonly links?: readonly LinkSelector[];
  /** Of each node, in order; 0 unless told. */
  readonly weights?: readonly number[];
  readonly by?: readonly string[];
}

const ROWS: readonly Row[] = [
  { name: "an Auto pool without any", advertisements: [], nodes: ALL, by: [] },
  { name: "a Manual pool without any", pool: MANUAL, advertisements: [], nodes: undefined },
  {
    name: "an Auto pool that none selects",
    advertisements: [{ ipAddressPools: ["other"], ...RACK_1 }],
    nodes: ALL,
    by: [],
  },
  { name: "L-01: one that names the pool", pool: MANUAL, advertisements: [{ ipAddressPools: ["lan"] }], nodes: ALL },
  {
    name: "L-01: one that names the pool and one that there is not",
    pool: MANUAL,
    advertisements: [{ ipAddressPools: ["nowhere", "lan"] }],
    nodes: ALL,
  },
  {
    name: "L-01: one that names another pool",
    pool: MANUAL,
    advertisements: [{ ipAddressPools: ["other"] }],
    nodes: undefined,
  },
  {
    name: "L-02: one that selects the pool by label",
    pool: MANUAL,
    advertisements: [{ ipAddressPoolSelectors: [match({ tier: "gold" })] }],
    nodes: ALL,
  },
  {
    name: "L-02: one that names another pool, and selects this one by label",
    pool: MANUAL,
    advertisements: [{ ipAddressPools: ["other"], ipAddressPoolSelectors: [match({ tier: "gold" })] }],
    nodes: ALL,
  },
  {
    name: "L-02: one whose label the pool has not",
    pool: MANUAL,
    advertisements: [{ ipAddressPoolSelectors: [match({ tier: "iron" })] }],
    nodes: undefined,
  },
  { name: "L-03: one of all pools", pool: MANUAL, advertisements: [{}], nodes: ALL },
  { name: "L-04: one that selects some nodes", advertisements: [RACK_1], nodes: ["n1"] },
  {
    name: "L-04: one that selects nodes by several selectors",
    advertisements: [{ nodeSelectors: [match({ rack: "1" }), match({ rack: "2" })] }],
    nodes: ["n1", "n2"],
  },
  { name: "L-04: one that selects no node", advertisements: [{ nodeSelectors: [match({ rack: "9" })] }], nodes: [] },
  {
    name: "L-05: one that names links",
    advertisements: [{ links: named("eth1", "eth0") }],
    nodes: ALL,
    links: [named("eth1", "eth0")],
  },
  {
    name: "L-06: one that selects the Service",
    advertisements: [{ serviceSelectors: [match({ app: "web" })] }],
    nodes: ALL,
  },
  {
    name: "L-06: one that selects other Services, although the pool is Auto",
    advertisements: [{ serviceSelectors: [match({ app: "mail" })] }],
    nodes: undefined,
  },
  {
    name: "L-06: one that selects other Services, beside one that selects all",
    advertisements: [
      { name: "mail", serviceSelectors: [match({ app: "mail" })] },
      { name: "rack", ...RACK_2 },
    ],
    nodes: ["n2"],
    by: ["rack"],
  },
  {
    name: "L-10: two with different nodes, and the links of this node's alone",
    advertisements: [
      { name: "one", ...RACK_1, links: named("eth1") },
      { name: "two", ...RACK_2, links: named("eth2") },
    ],
    nodes: ["n1", "n2"],
    links: [named("eth1")],
    by: ["one", "two"],
  },
  {
    name: "L-10, E-219: two with different links",
    advertisements: [
      { name: "one", links: named("eth1", "eth3") },
      { name: "two", links: named("eth2", "eth1") },
    ],
    nodes: ALL,
    links: [named("eth1", "eth3"), named("eth2", "eth1")],
    by: ["one", "two"],
  },
  {
    name: "L-10: one with links and one of all links",
    advertisements: [{ name: "one", links: named("eth1") }, { name: "two" }],
    nodes: ALL,
    links: [named("eth1"), ANY_LINK],
    by: ["one", "two"],
  },
  {
    name: "L-07, L-09, E-182: weights add up over the preferences that a node fits",
    advertisements: [
      { preferredNodes: [prefer(10, { rack: "1" }), prefer(20, { disk: "fast" }), prefer(5, { rack: "2" })] },
    ],
    nodes: ALL,
    weights: [30, 5, 0],
  },
  {
    name: "L-08, E-184: an empty preference fits every node of its advertisement",
    advertisements: [{ ...RACK_1, preferredNodes: [prefer(7, {})] }, { name: "two" }],
    nodes: ALL,
    links: [ANY_LINK, ANY_LINK],
    weights: [7, 0, 0],
    by: ["all", "two"],
  },
  {
    name: "L-09: weights add up over advertisements that fit the Service, and over no others",
    advertisements: [
      { name: "one", preferredNodes: [prefer(1, { rack: "1" })] },
      { name: "two", preferredNodes: [prefer(2, { rack: "1" })] },
      { name: "mail", serviceSelectors: [match({ app: "mail" })], preferredNodes: [prefer(100, { rack: "2" })] },
    ],
    nodes: ALL,
    links: [ANY_LINK, ANY_LINK],
    weights: [3, 0, 0],
    by: ["one", "two"],
  },
  {
    name: "L-09: a preference for nodes that the advertisement does not select counts for nothing",
    advertisements: [{ ...RACK_1, preferredNodes: [prefer(9, { rack: "2" })] }],
    nodes: ["n1"],
  },
  {
    name: "L-11: weights of advertisements that say the same add up, too",
    advertisements: [{ preferredNodes: [prefer(4, {})] }, { preferredNodes: [prefer(4, {})] }],
    nodes: ALL,
    links: [ANY_LINK, ANY_LINK],
    weights: [8, 8, 8],
    by: ["all", "all"],
  },
  {
    name: "E-217: one that selects no node, and one that selects other Services",
    advertisements: [
      { name: "here", serviceSelectors: [match({ app: "mail" })] },
      { name: "nowhere", nodeSelectors: [match({ rack: "9" })] },
    ],
    nodes: [],
    by: ["nowhere"],
  },
];

describe("where an address may be announced, with L2Advertisements:", () => {
  for (const { name, pool = POOL, advertisements, nodes, links = [ANY_LINK], weights = [], by = ["all"] } of ROWS) {
    it(name, () => {
      const reach = new Reaches(advertisements.map(anAdvertisement), NODES).of(pool, SERVICE);
      expect("code" in reach ? reach : shape(reach)).to.deep.equal(
        nodes === undefined
          ? { code: "NoAnnouncement", pool: "lan" }
          : {
              nodes,
              links: nodes.includes("n1") ? links : undefined,
              weights: nodes.map((_, i) => weights[i] ?? 0),
              advertisements: by,
            },
      );
    });
  }
});

function shape({ nodes, advertisements }: Reach) {
  const links = nodes.get("n1")?.links;
  return { nodes: [...nodes.keys()], links, weights: [...nodes.values()].map(({ weight }) => weight), advertisements };
}
