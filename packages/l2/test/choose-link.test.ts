import type { Link } from "@fairlead/linux";
import { ANY_LINK, type LinkSelector, parseAddress, parsePrefix } from "@fairlead/net";
import { expect } from "chai";
import { chooseLink } from "../src/choose-link.ts";

const link = (index: number, name: string, prefix: string, rest: Partial<Link> = {}): Link => ({
  index,
  name,
  mac: "02:00:5e:00:53:01",
  mtu: 1_500,
  up: true,
  loopback: false,
  noArp: false,
  addresses: [parsePrefix(prefix)],
  gateways: [],
  ...rest,
});
const ETH0 = link(2, "eth0", "192.0.2.1/24");
const ETH1 = link(3, "eth1", "198.51.100.1/24");
const DOWN = { up: false };
const named = (...interfaces: string[]): LinkSelector => ({ ...ANY_LINK, interfaces });
const none = (...selectors: LinkSelector[]) => ({ code: "NoInterface", address: "192.0.2.50", selectors });
const down = (name: string) => ({ code: "LinkDown", address: "192.0.2.50", link: name });

const LAN6 = link(5, "lan6", "2001:db8::1/64");

const ROWS: readonly {
  name: string;
  /** 192.0.2.50 unless told. */
  address?: string;
  links: readonly Link[];
  /** Any link whose subnet holds the address unless told. */
  selectors?: readonly (readonly LinkSelector[])[];
  chosen?: string;
  refusal?: object;
}[] = [
  { name: "the link whose subnet holds the address", links: [ETH1, ETH0], chosen: "eth0" },
  { name: "the first of two such links", links: [ETH0, { ...ETH0, index: 4, name: "eth2" }], chosen: "eth0" },
  {
    name: "a link with carrier before one without",
    links: [
      { ...ETH0, ...DOWN },
      { ...ETH0, name: "eth2" },
    ],
    chosen: "eth2",
  },
  { name: "a named link without the subnet", links: [ETH0, ETH1], selectors: [[named("eth1")]], chosen: "eth1" },
  { name: "the named link with the subnet", links: [ETH1, ETH0], selectors: [[named("eth1", "eth0")]], chosen: "eth0" },
  { name: "no link without the subnet", links: [ETH1], refusal: none(ANY_LINK) },
  { name: "no link that is not there", links: [ETH0], selectors: [[named("eth7")]], refusal: none(named("eth7")) },
  { name: "no link without carrier", links: [{ ...ETH0, ...DOWN }], refusal: down("eth0") },
  {
    name: "no other named link while the one with the subnet is down",
    links: [{ ...ETH0, ...DOWN }, ETH1],
    selectors: [[named("eth0", "eth1")]],
    refusal: down("eth0"),
  },
  {
    name: "a link that a selector of each list allows",
    links: [ETH0, ETH1],
    selectors: [[named("eth0", "eth1")], [named("eth1")]],
    chosen: "eth1",
  },
  {
    name: "no link that only one of two lists allows, and says which one none does",
    links: [ETH0],
    selectors: [[named("eth0")], [named("eth1")]],
    refusal: none(named("eth1")),
  },
  {
    name: "no link where each list allows another one, and names all",
    links: [ETH0, ETH1],
    selectors: [[named("eth0")], [named("eth1")]],
    refusal: none(named("eth0"), named("eth1")),
  },
  { name: "no loopback", links: [{ ...ETH0, loopback: true }], refusal: none(ANY_LINK) },
  { name: "Y-61: no link without ARP", links: [{ ...ETH0, noArp: true }], refusal: none(ANY_LINK) },
  { name: "no port of a bridge or bond", links: [{ ...ETH0, master: 9 }], refusal: none(ANY_LINK) },
  {
    name: "for IPv6 the link whose subnet holds the address",
    address: "2001:db8::50",
    links: [ETH0, LAN6],
    chosen: "lan6",
  },
  {
    name: "for IPv6 a named link that has any IPv6 address, though not the subnet",
    address: "2001:db8:1::50",
    links: [ETH0, LAN6],
    selectors: [[named("eth0", "lan6")]],
    chosen: "lan6",
  },
  {
    name: "Y-62: for IPv6 no named link that has no IPv6",
    address: "2001:db8::50",
    links: [ETH0],
    selectors: [[named("eth0")]],
    refusal: { ...none(named("eth0")), address: "2001:db8::50" },
  },
];

describe("chooseLink chooses", () => {
  for (const { name, address = "192.0.2.50", links, selectors = [[ANY_LINK]], chosen, refusal } of ROWS) {
    it(name, () => {
      const choice = chooseLink(parseAddress(address), selectors, links);
      if ("link" in choice) expect(choice.link.name).to.equal(chosen);
      else expect(choice.refusal).to.deep.equal(refusal);
    });
  }
});
