import { expect } from "chai";
import { parseAddress } from "../src/address.ts";
import { type LinkSelector, selectsLink } from "../src/link-selector.ts";
import { parsePrefix, parseRange } from "../src/range.ts";

interface Row {
  readonly name: string;
  readonly interfaces?: readonly string[];
  readonly subnets?: readonly string[];
  readonly exclude?: readonly string[];
  /** eth0 unless told. */
  readonly link?: string;
  /** 192.0.2.1/24 unless told. */
  readonly prefix?: string;
  readonly selects: boolean;
}

const ELSEWHERE = "198.51.100.1/24";

const ROWS: readonly Row[] = [
  { name: "nothing named: a link whose subnet holds the address", selects: true },
  { name: "nothing named: no other link", prefix: ELSEWHERE, selects: false },
  { name: "nothing named: no subnet of the other family", prefix: "::/0", selects: false },
  { name: "a name", interfaces: ["eth0"], selects: true },
  { name: "a name, whatever the link's subnet", interfaces: ["eth0"], prefix: ELSEWHERE, selects: true },
  { name: "another name", interfaces: ["eth1"], selects: false },
  { name: "one of several names", interfaces: ["eth1", "eth0"], selects: true },
  { name: "a part of a name", interfaces: ["eth"], selects: false },
  { name: "a pattern", interfaces: ["eth*"], selects: true },
  { name: "a pattern of nothing more", interfaces: ["eth0*"], selects: true },
  { name: "a pattern of one more character", interfaces: ["eth?"], selects: true },
  { name: "a pattern of one character too many", interfaces: ["eth0?"], selects: false },
  { name: "a pattern of another name", interfaces: ["bond*"], selects: false },
  { name: "a pattern with a dot, which stands for itself", interfaces: ["e.h*"], selects: false },
  { name: "a pattern of a VLAN", interfaces: ["eth*.100"], link: "eth0.100", selects: true },
  { name: "a pattern with brackets, which stand for themselves", interfaces: ["eth[0]*"], selects: false },
  { name: "a subnet that the link has", subnets: ["192.0.2.0/24"], selects: true },
  { name: "a subnet that the link's lies in", subnets: ["192.0.0.0/16"], selects: true },
  {
    name: "a subnet that the link has, though it does not hold the address",
    prefix: ELSEWHERE,
    subnets: ["198.51.100.0/24"],
    selects: true,
  },
  { name: "a subnet that the link has not", subnets: ["198.51.100.0/24"], selects: false },
  { name: "one of several subnets", subnets: ["2001:db8::/64", "192.0.2.0/24"], selects: true },
  {
    name: "a name and a subnet, and the link has both",
    interfaces: ["eth0"],
    subnets: ["192.0.2.0/24"],
    selects: true,
  },
  {
    name: "a name and a subnet, and the link has the name alone",
    interfaces: ["eth0"],
    subnets: ["10.0.0.0/8"],
    selects: false,
  },
  {
    name: "a name and a subnet, and the link has the subnet alone",
    interfaces: ["eth1"],
    subnets: ["192.0.2.0/24"],
    selects: false,
  },
  { name: "an excluded name", exclude: ["eth0"], selects: false },
  {
    name: "an excluded pattern that the link is named by too",
    interfaces: ["eth0"],
    exclude: ["eth*"],
    selects: false,
  },
  { name: "another link excluded", exclude: ["docker*"], selects: true },
  {
    name: "another link excluded, and no subnet that holds the address",
    prefix: ELSEWHERE,
    exclude: ["docker*"],
    selects: false,
  },
];

describe("a link selector that has", () => {
  for (const {
    name,
    interfaces = [],
    subnets = [],
    exclude = [],
    link = "eth0",
    prefix = "192.0.2.1/24",
    selects,
  } of ROWS) {
    it(`${name}: ${selects ? "selects" : "refuses"} the link`, () => {
      const selector: LinkSelector = { interfaces, subnets: subnets.map(parseRange), exclude };
      const end = { name: link, prefixes: [parsePrefix(prefix)] };
      expect(selectsLink(selector, end, parseAddress("192.0.2.50"))).to.equal(selects);
    });
  }
});
