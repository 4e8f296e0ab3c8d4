import { parseAddress, parsePrefix } from "@fairlead/net";
import { expect } from "chai";
import { linksFromDump, sameLinks } from "../src/links.ts";
import type { LinkMessage } from "../src/packet/link-message.ts";

const ETH0: LinkMessage = {
  kind: "link",
  index: 2,
  flags: 0x10001,
  name: "eth0",
  mtu: 1_500,
  mac: "02:00:5e:00:53:01",
};
const LO: LinkMessage = { kind: "link", index: 1, flags: 0x10009, name: "lo", mtu: 65_536 };
const PREFIX = parsePrefix("192.0.2.7/24");

describe("linksFromDump", () => {
  it("puts addresses on their links, in order of index", () => {
    const links = linksFromDump([ETH0, LO, { kind: "address", index: 2, prefix: PREFIX }]);
    expect(links.map(({ name, addresses }) => ({ name, addresses }))).to.deep.equal([
      { name: "lo", addresses: [] },
      { name: "eth0", addresses: [PREFIX] },
    ]);
  });

  it("puts the routers of routes on their links, each once", () => {
    const hop = (index: number, gateway: string) => ({ index, gateway: parseAddress(gateway) });
    const links = linksFromDump([
      ETH0,
      LO,
      { kind: "route", hops: [hop(2, "192.0.2.9"), hop(2, "192.0.2.1")] },
      { kind: "route", hops: [hop(2, "192.0.2.9"), hop(7, "192.0.2.2")] },
    ]);
    expect(links[1]?.gateways).to.deep.equal(["192.0.2.1", "192.0.2.9"].map(parseAddress));
    expect(links[0]?.gateways).to.deep.equal([]);
  });

  const flags = [
    { flags: 0x10001, means: { up: true, loopback: false, noArp: false } },
    { flags: 0x00001, means: { up: false, loopback: false, noArp: false } },
    { flags: 0x10000, means: { up: false, loopback: false, noArp: false } },
    { flags: 0x10089, means: { up: true, loopback: true, noArp: true } },
  ];
  for (const { flags: value, means } of flags) {
    it(`reads flags 0x${value.toString(16)}`, () =>
      expect(linksFromDump([{ ...ETH0, flags: value }])[0]).to.include(means));
  }

  it("gives a link without Ethernet address all zeros", () =>
    expect(linksFromDump([LO])[0]?.mac).to.equal("00:00:00:00:00:00"));
});

describe("sameLinks", () => {
  const links = linksFromDump([LO, ETH0, { kind: "address", index: 2, prefix: PREFIX }]);
  it("takes equal lists for the same", () => expect(sameLinks(links, structuredClone(links))).to.equal(true));
  it("sees another address", () => expect(sameLinks(links, linksFromDump([LO, ETH0]))).to.equal(false));
  it("sees another link", () => expect(sameLinks(links, links.slice(1))).to.equal(false));
  it("sees a new master", () =>
    expect(sameLinks(linksFromDump([ETH0]), linksFromDump([{ ...ETH0, master: 3 }]))).to.equal(false));
});
