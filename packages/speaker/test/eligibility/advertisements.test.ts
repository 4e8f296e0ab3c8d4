import type { L2Advertisement, LabelSelector } from "@fairlead/model";
import { expect } from "chai";
import { reachOf } from "../../src/eligibility/advertisements.ts";
import { aNode, anAdvertisement, aPool, aService } from "../builders.ts";

const match = (matchLabels: Record<string, string>): LabelSelector => ({ matchLabels, matchExpressions: [] });
const NODES = [aNode("n1", { labels: { rack: "1" } }), aNode("n2", { labels: { rack: "2" } }), aNode("n3")];
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
  readonly interfaces?: readonly string[];
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
    advertisements: [{ interfaces: ["eth1", "eth0"] }],
    nodes: ALL,
    interfaces: ["eth1", "eth0"],
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
      { name: "one", ...RACK_1, interfaces: ["eth1"] },
      { name: "two", ...RACK_2, interfaces: ["eth2"] },
    ],
    nodes: ["n1", "n2"],
    interfaces: ["eth1"],
    by: ["one", "two"],
  },
  {
    name: "L-10: two with different links",
    advertisements: [
      { name: "one", interfaces: ["eth1", "eth3"] },
      { name: "two", interfaces: ["eth2", "eth1"] },
    ],
    nodes: ALL,
    interfaces: ["eth1", "eth3", "eth2"],
    by: ["one", "two"],
  },
  {
    name: "L-10: one with links and one of all links",
    advertisements: [{ name: "one", interfaces: ["eth1"] }, { name: "two" }],
    nodes: ALL,
    by: ["one", "two"],
  },
];

describe("where an address may be announced, with L2Advertisements:", () => {
  for (const { name, pool = POOL, advertisements, nodes, interfaces = [], by = ["all"] } of ROWS) {
    it(name, () => {
      const reach = reachOf(pool, SERVICE, advertisements.map(anAdvertisement), NODES, "n1");
      expect(reach).to.deep.equal(
        nodes === undefined
          ? { code: "NoAnnouncement", pool: "lan" }
          : { nodes: new Set(nodes), interfaces, advertisements: by },
      );
    });
  }

  it("names no link for a node that is not known", () => {
    const reach = reachOf(POOL, SERVICE, [anAdvertisement({ interfaces: ["eth1"] })], NODES, "n9");
    expect(reach).to.deep.equal({ nodes: new Set(ALL), interfaces: [], advertisements: ["all"] });
  });
});
