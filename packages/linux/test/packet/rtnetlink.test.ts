import { DecodeError, parseAddress, parsePrefix } from "@fairlead/net";
import { fromHex, fuzzCodec, toHex } from "@fairlead/testing";
import { expect } from "chai";
import { addressDumpRequest } from "../../src/packet/address-message.ts";
import { linkDumpRequest } from "../../src/packet/link-message.ts";
import { decodeNetlink, encodeNetlink, type NetlinkMessage } from "../../src/packet/netlink.ts";
import { routeDumpRequest } from "../../src/packet/path-message.ts";
import { decodeRouteMessage, encodeRouteMessage, type RouteMessage } from "../../src/packet/rtnetlink.ts";

const HEADER = "00000000 00000000";

const MESSAGES: readonly { name: string; hex: string; message: RouteMessage }[] = [
  {
    name: "a link",
    hex: `40000000 1000 0000 ${HEADER} 00000000 02000000 43100100 00000000
      0900 0300 6574683000 000000  0800 0400 dc050000  0a00 0100 02005e005301 0000`,
    message: { kind: "link", index: 2, flags: 0x11043, name: "eth0", mtu: 1_500, mac: "02:00:5e:00:53:01" },
  },
  {
    name: "a link without Ethernet address that is enslaved",
    hex: `3c000000 1000 0000 ${HEADER} 00000000 05000000 80000000 00000000
      0900 0300 74756e3000 000000  0800 0400 c8050000  0800 0a00 03000000`,
    message: { kind: "link", index: 5, flags: 0x80, name: "tun0", mtu: 1_480, master: 3 },
  },
  {
    name: "a link that was removed",
    hex: `34000000 1100 0000 ${HEADER} 00000000 02000000 02100000 00000000
      0900 0300 6574683000 000000  0800 0400 dc050000`,
    message: { kind: "linkRemoved", index: 2, flags: 0x1002, name: "eth0", mtu: 1_500 },
  },
  {
    name: "an IPv4 address",
    hex: `20000000 1400 0000 ${HEADER} 02180000 02000000  0800 0200 c0000207`,
    message: { kind: "address", index: 2, prefix: parsePrefix("192.0.2.7/24") },
  },
  {
    name: "an IPv6 address that was removed",
    hex: `2c000000 1500 0000 ${HEADER} 0a400000 02000000  1400 0200 20010db8000000000000000000000007`,
    message: { kind: "addressRemoved", index: 2, prefix: parsePrefix("2001:db8::7/64") },
  },
  {
    name: "a route by a router",
    hex: `2c000000 1800 0000 ${HEADER} 02000000 fe000001 00000000  0800 0500 c00002fe  0800 0400 02000000`,
    message: { kind: "route", hops: [{ index: 2, gateway: parseAddress("192.0.2.254") }] },
  },
  {
    name: "a route by two routers that was removed",
    hex: `40000000 1900 0000 ${HEADER} 02000000 fe000001 00000000
      2400 0900  1000 0000 02000000 0800 0500 c00002fe  1000 0000 03000000 0800 0500 c00002fd`,
    message: {
      kind: "routeRemoved",
      hops: [
        { index: 2, gateway: parseAddress("192.0.2.254") },
        { index: 3, gateway: parseAddress("192.0.2.253") },
      ],
    },
  },
  {
    name: "a route to a connected network",
    hex: `1c000000 1800 0000 ${HEADER} 02000000 fe000001 00000000`,
    message: { kind: "route", hops: [] },
  },
];

const MALFORMED = [
  { name: "a cut link header", type: 16, hex: "00000000 02000000", error: "header must have 16 octets, got 8" },
  {
    name: "a link without name",
    type: 16,
    hex: "00000000 02000000 00000000 00000000",
    error: "Cannot decode link message: must have attribute 3, got none",
  },
  { name: "a cut address header", type: 20, hex: "02180000", error: "header must have 8 octets, got 4" },
  { name: "an address message without address", type: 20, hex: "02180000 02000000", error: "must have attribute 1" },
  {
    name: "an address of 3 octets",
    type: 20,
    hex: "02180000 02000000 0700 0200 c0000200",
    error: "must have an IPv4 or IPv6 address and prefix, got 3 octets and prefix length 24",
  },
  {
    name: "a prefix longer than the address",
    type: 20,
    hex: "02210000 02000000 0800 0200 c0000207",
    error: "got 4 octets and prefix length 33",
  },
  { name: "a cut route header", type: 24, hex: "02180000", error: "header must have 12 octets, got 4" },
  {
    name: "a router of 3 octets",
    type: 24,
    hex: "02000000 fe000001 00000000  0700 0500 c0000200  0800 0400 02000000",
    error: "gateway must be an IPv4 or IPv6 address, got 3 octets",
  },
  {
    name: "a next hop longer than the list",
    type: 24,
    hex: "02000000 fe000001 00000000  0c00 0900 1000 0000 02000000",
    error: "next hop must have 8 to 8 octets, got 16",
  },
  {
    name: "a next hop without end",
    type: 24,
    hex: "02000000 fe000001 00000000  0c00 0900 0000 0000 02000000",
    error: "next hop must have 8 to 8 octets, got 0",
  },
];

function message(type: number, hex: string): NetlinkMessage {
  return { type, flags: 0, sequence: 0, port: 0, payload: fromHex(hex) };
}

function decode(octets: Uint8Array): (RouteMessage | undefined)[] {
  return decodeNetlink(octets).map(decodeRouteMessage);
}

function encode(messages: readonly (RouteMessage | undefined)[]): Uint8Array {
  return encodeNetlink(messages.map((one) => (one === undefined ? message(0, "") : encodeRouteMessage(one))));
}

describe("rtnetlink message", () => {
  for (const { name, hex, message } of MESSAGES) {
    it(`encodes ${name}`, () => expect(toHex(encode([message]))).to.equal(hex.replace(/\s/g, "")));
    it(`decodes ${name}`, () => expect(decode(fromHex(hex))).to.deep.equal([message]));
  }
  for (const { name, type, hex, error } of MALFORMED) {
    it(`rejects ${name}`, () => expect(() => decodeRouteMessage(message(type, hex))).to.throw(DecodeError, error));
  }
  it("has a row for every kind", () => expect(new Set(MESSAGES.map(({ message }) => message.kind)).size).to.equal(6));
  it("passes over messages about something else", () =>
    expect(decodeRouteMessage(message(28, "00"))).to.equal(undefined));
  for (const [what, hex] of [
    ["another table", "02000000 ff000001 00000000"],
    ["another kind", "02000000 fe000003 00000000"],
  ] as const) {
    it(`passes over routes of ${what}`, () => expect(decodeRouteMessage(message(24, hex))).to.equal(undefined));
  }
  it("finds a router of the other family (RFC 5549)", () => {
    const octets =
      "02000000 fe000001 00000000  1600 1200 0a00 20010db80000000000000000000000fe 0000  0800 0400 02000000";
    const gateway = parseAddress("2001:db8::fe");
    expect(decodeRouteMessage(message(24, octets))).to.deep.equal({ kind: "route", hops: [{ index: 2, gateway }] });
  });
  it("takes the link's own address on a point-to-point link, not the peer's", () => {
    const octets = "02200000 02000000  0800 0100 0a000001  0800 0200 0a000002";
    const prefix = parsePrefix("10.0.0.2/32");
    expect(decodeRouteMessage(message(20, octets))).to.deep.equal({ kind: "address", index: 2, prefix });
  });
  it("survives any octets", () => fuzzCodec({ decode, encode, seeds: MESSAGES }));
});

describe("rtnetlink dump request", () => {
  it("asks for links without statistics", () =>
    expect(toHex(encodeNetlink([linkDumpRequest(1)]))).to.equal(
      `280000001200010301000000${"00".repeat(20)}08001d0008000000`,
    ));
  it("asks for routes", () =>
    expect(toHex(encodeNetlink([routeDumpRequest(3)]))).to.equal(`1c0000001a00010303000000${"00".repeat(16)}`));
  it("asks for addresses", () =>
    expect(toHex(encodeNetlink([addressDumpRequest(2)]))).to.equal(`180000001600010302000000${"00".repeat(12)}`));
});
