import { DecodeError, formatAddress, parseAddress } from "@fairlead/net";
import { fromHex, fuzzCodec, strictPrefixes, toHex } from "@fairlead/testing";
import { expect } from "chai";
import { decodeIcmpv6 } from "../../src/packet/ipv6.ts";
import {
  decodeNdp,
  duplicateProbe,
  encodeNdp,
  groupMac,
  NDP_TYPES,
  type NdpMessage,
  neighborSolicitation,
  solicitedNodeGroup,
  unsolicitedAdvertisement,
} from "../../src/packet/ndp.ts";

const NODE = "02:00:5e:00:53:01";
const CLIENT = "02:00:5e:00:53:02";
const VIP = parseAddress("2001:db8::50");
const VIP_HEX = "20010db8000000000000000000000050";
const NO_FLAGS = { router: false, solicited: false, override: false };

interface Row {
  readonly name: string;
  /** As on the wire, with the checksum. */
  readonly hex: string;
  readonly message: NdpMessage;
  /** What the codec passes over. */
  readonly ignored?: string;
}

const MESSAGES: readonly Row[] = [
  {
    name: "a solicitation that Linux sent (captured)",
    hex: `87 00 6a88 00000000 ${VIP_HEX} 0101 02005e005302`,
    message: { kind: "solicitation", target: VIP, mac: CLIENT },
  },
  {
    name: "a probe for duplicates that Linux sent (captured), with a nonce",
    hex: `87 00 e508 00000000 ${VIP_HEX}`,
    message: { kind: "solicitation", target: VIP },
    ignored: "0e01 85c44b8187f7",
  },
  {
    name: "the answer of Linux for an address of its own (captured)",
    hex: "88 00 d972 60000000 20010db8000000000000000000000001 0201 02005e005301",
    message: {
      kind: "advertisement",
      ...NO_FLAGS,
      solicited: true,
      override: true,
      target: parseAddress("2001:db8::1"),
      mac: NODE,
    },
  },
  {
    name: "the answer of Linux to a probe for duplicates (captured)",
    hex: `88 00 e712 00000000 ${VIP_HEX} 0201 02005e005301`,
    message: { kind: "advertisement", ...NO_FLAGS, target: VIP, mac: NODE },
  },
  {
    name: "an answer to a unicast solicitation, without an option, of a router",
    hex: `88 00 0000 c0000000 ${VIP_HEX}`,
    message: { kind: "advertisement", ...NO_FLAGS, router: true, solicited: true, target: VIP },
  },
  {
    name: "a solicitation with a longer link-layer address before ours",
    hex: `87 00 0000 00000000 ${VIP_HEX}`,
    message: { kind: "solicitation", target: VIP },
    ignored: "0102 0200000000000000000000000000",
  },
];

const MALFORMED = [
  {
    name: "a router solicitation",
    hex: "85 00 192b 00000000 01010200",
    error: "type must be one of 135, 136, got 133",
  },
  { name: "another code", hex: `87 01 0000 00000000 ${VIP_HEX}`, error: "code must be 0, got 1" },
  {
    name: "a group as target",
    hex: "87 00 0000 00000000 ff020000000000000000000000000001",
    error: "target must be no multicast address",
  },
  {
    name: "an option of length 0",
    hex: `87 00 0000 00000000 ${VIP_HEX} 0100 02005e005302`,
    error: "option length must be at least 1, got 0",
  },
  { name: "an option that is cut off", hex: `87 00 0000 00000000 ${VIP_HEX} 0e02 0000`, error: "14 octets" },
];

const withoutChecksum = (hex: string) => hex.replaceAll(" ", "").replace(/^(.{4}).{4}/, "$10000");

describe("NDP message", () => {
  for (const { name, hex, message, ignored = "" } of MESSAGES) {
    it(`encodes ${name}`, () => expect(toHex(encodeNdp(message))).to.equal(withoutChecksum(hex)));
    it(`decodes ${name}`, () => expect(decodeNdp(fromHex(hex + ignored))).to.deep.equal(message));
    it(`rejects every prefix of ${name}, but for one that ends where an option would begin`, () => {
      for (const prefix of strictPrefixes(fromHex(hex))) {
        if (prefix.length !== 24) expect(() => decodeNdp(prefix)).to.throw(DecodeError);
      }
    });
  }
  for (const { name, hex, error } of MALFORMED) {
    it(`rejects ${name}`, () => expect(() => decodeNdp(fromHex(hex))).to.throw(DecodeError, error));
  }
  it("has a row for every kind", () =>
    expect(new Set(MESSAGES.map((row) => row.message.kind))).to.deep.equal(new Set(NDP_TYPES.values())));
  it("survives any octets", () => fuzzCodec({ decode: decodeNdp, encode: encodeNdp, seeds: MESSAGES }));
});

describe("NDP frames", () => {
  const source = parseAddress("fe80::5eff:fe00:5301");
  const rows = [
    {
      name: "an unsolicited advertisement goes to all nodes and overrides",
      frame: unsolicitedAdvertisement(NODE, source, VIP),
      destination: "33:33:00:00:00:01",
      packet: { source: "fe80::5eff:fe00:5301", destination: "ff02::1" },
      message: { kind: "advertisement", ...NO_FLAGS, override: true, target: VIP, mac: NODE },
    },
    {
      name: "a solicitation goes to the solicited-node group",
      frame: neighborSolicitation(NODE, source, VIP),
      destination: "33:33:ff:00:00:50",
      packet: { source: "fe80::5eff:fe00:5301", destination: "ff02::1:ff00:50" },
      message: { kind: "solicitation", target: VIP, mac: NODE },
    },
    {
      name: "a probe for duplicates comes from the unspecified address, without an option",
      frame: duplicateProbe(NODE, VIP),
      destination: "33:33:ff:00:00:50",
      packet: { source: "::", destination: "ff02::1:ff00:50" },
      message: { kind: "solicitation", target: VIP },
    },
  ];
  for (const { name, frame, destination, packet, message } of rows) {
    it(name, () => {
      expect(frame).to.include({ destination, source: NODE, etherType: 0x86dd });
      const decoded = decodeIcmpv6(frame.payload);
      expect(decoded.hopLimit).to.equal(255);
      expect({
        source: formatAddress(decoded.source),
        destination: formatAddress(decoded.destination),
      }).to.deep.equal(packet);
      expect(decodeNdp(decoded.message)).to.deep.equal(message);
    });
  }

  it("end in the lowest 24 bits of the address", () => {
    const group = solicitedNodeGroup(parseAddress("2001:db8::1234:5678:9abc"));
    expect(formatAddress(group)).to.equal("ff02::1:ff78:9abc");
    expect(groupMac(group)).to.equal("33:33:ff:78:9a:bc");
  });
});
