import { BPF } from "@fairlead/linux";
import { runBpf } from "@fairlead/linux/testing";
import { type AddressRange, parseAddress, parseRange, rangeContains } from "@fairlead/net";
import { expect } from "chai";
import fc from "fast-check";
import { arpProbe, arpRequest, gratuitousReply } from "../../src/packet/arp.ts";
import { encodeEthernet } from "../../src/packet/ethernet.ts";
import { neighborSolicitation, unsolicitedAdvertisement } from "../../src/packet/ndp.ts";
import { sightingFilter } from "../../src/wire/sighting-filter.ts";
import { sightingIn } from "../../src/wire/wire.ts";

const MAC = "02:00:5e:00:53:01";
const RANGES = ["192.0.2.16/28", "198.51.100.7-198.51.100.9", "2001:db8::/120", "2001:db8:1::1-2001:db8:1::1:0"].map(
  parseRange,
);
const V6 = parseAddress("fe80::1");

const tells = (text: string) => {
  const ip = parseAddress(text);
  return encodeEthernet(ip.family === 4 ? gratuitousReply({ mac: MAC, ip }) : unsolicitedAdvertisement(MAC, V6, ip));
};
const asks = (text: string) => {
  const ip = parseAddress(text);
  return encodeEthernet(
    ip.family === 4 ? arpRequest({ mac: MAC, ip: parseAddress("203.0.113.1") }, ip) : neighborSolicitation(MAC, V6, ip),
  );
};

/** Any address of a range. */
const within = ({ family, first, last }: AddressRange) => {
  return fc.bigInt({ min: first, max: last }).map((value) => ({ family, value }));
};

describe("sightingFilter", () => {
  const filter = sightingFilter(RANGES);
  for (const { name, frame, passes } of [
    { name: "an ARP reply about an address of a range", frame: tells("192.0.2.17"), passes: true },
    {
      name: "an ARP request from an address of a range",
      frame: encodeEthernet(arpRequest({ mac: MAC, ip: parseAddress("192.0.2.17") }, parseAddress("203.0.113.1"))),
      passes: true,
    },
    { name: "an ARP reply about another address", frame: tells("192.0.2.32"), passes: false },
    { name: "an ARP request for an address of a range", frame: asks("192.0.2.17"), passes: false },
    {
      name: "an ARP probe for an address of a range",
      frame: encodeEthernet(arpProbe(MAC, parseAddress("192.0.2.17"))),
      passes: false,
    },
    { name: "an advertisement of an address of a range", frame: tells("2001:db8::ff"), passes: true },
    { name: "an advertisement of another address", frame: tells("2001:db8::1:0"), passes: false },
    { name: "a solicitation of an address of a range", frame: asks("2001:db8::1"), passes: false },
    {
      name: "an IPv4 packet",
      frame: Uint8Array.from([...new Uint8Array(12), 8, 0, ...new Uint8Array(46)]),
      passes: false,
    },
    { name: "half a frame", frame: tells("192.0.2.17").slice(0, 20), passes: false },
  ]) {
    it(`${passes ? "lets through" : "refuses"} ${name}`, () => expect(runBpf(filter, frame)).to.equal(passes));
  }

  it("refuses all without ranges", () => {
    for (const address of ["192.0.2.17", "2001:db8::1"])
      expect(runBpf(sightingFilter([]), tells(address))).to.equal(false);
  });

  it("lets everything through when there are more ranges than the kernel has room for", () => {
    const many = Array.from(
      { length: 2_000 },
      (_, i) => ({ family: 4, first: BigInt(2 * i), last: BigInt(2 * i) }) as const,
    );
    expect(sightingFilter(many)).to.deep.equal([BPF.accept]);
  });

  it("refuses nothing that tells of an address of the ranges, and little else", () => {
    fc.assert(
      fc.property(fc.constantFrom(...RANGES).chain(within), (ip) => {
        const frame = ip.family === 4 ? gratuitousReply({ mac: MAC, ip }) : unsolicitedAdvertisement(MAC, V6, ip);
        expect(runBpf(filter, encodeEthernet(frame))).to.equal(true);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 0xffff_ffffn }), (value) => {
        const ip = { family: 4, value } as const;
        fc.pre(!RANGES.some((range) => rangeContains(range, ip)) && value >> 4n !== 0xc633_640n);
        expect(runBpf(filter, encodeEthernet(gratuitousReply({ mac: MAC, ip })))).to.equal(false);
      }),
    );
  });
});

describe("sightingIn", () => {
  it("never throws, whatever the octets", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (octets) => void sightingIn(octets)));
  });
});
