import { DecodeError } from "@fairlead/net";
import { fromHex, fuzzCodec, strictPrefixes, toHex } from "@fairlead/testing";
import { expect } from "chai";
import {
  concat,
  decodeAttributes,
  decodeNetlink,
  encodeAttributes,
  encodeNetlink,
  type NetlinkAttribute,
  type NetlinkMessage,
  nulText,
  readHostU32,
} from "../../src/packet/netlink.ts";

interface Row<T> {
  readonly name: string;
  readonly hex: string;
  readonly value: T;
}

const DATAGRAMS: readonly Row<readonly NetlinkMessage[]>[] = [
  { name: "no message", hex: "", value: [] },
  {
    name: "one message without payload",
    hex: "10000000 0300 0200 07000000 2a010000",
    value: [{ type: 3, flags: 2, sequence: 7, port: 298, payload: new Uint8Array() }],
  },
  {
    name: "two messages, the first of them padded",
    hex: "11000000 1000 0100 01000000 00000000 aa000000   14000000 1100 0000 02000000 00000000 01020304",
    value: [
      { type: 16, flags: 1, sequence: 1, port: 0, payload: Uint8Array.of(0xaa) },
      { type: 17, flags: 0, sequence: 2, port: 0, payload: Uint8Array.of(1, 2, 3, 4) },
    ],
  },
];

const ATTRIBUTES: readonly Row<readonly NetlinkAttribute[]>[] = [
  { name: "no attribute", hex: "", value: [] },
  { name: "text, padded", hex: "0700 0300 6c6f00 00", value: [{ type: 3, value: nulText("lo") }] },
  { name: "an empty attribute", hex: "0400 0100", value: [{ type: 1, value: new Uint8Array() }] },
  {
    name: "a nested attribute before a plain one",
    hex: "1000 0380 0c00 0180 0600 0100 08060000   0500 0200 ff000000",
    value: [
      { type: 3, value: [{ type: 1, value: [{ type: 1, value: Uint8Array.of(8, 6) }] }] },
      { type: 2, value: Uint8Array.of(0xff) },
    ],
  },
];

const MALFORMED_DATAGRAMS = [
  { name: "a cut header", hex: "10000000 0300", error: "length must be 16 to 6, got 6" },
  { name: "a length below the header's", hex: "0f000000 0300 0200 07000000 2a010000", error: "got 15" },
  { name: "a length beyond the end", hex: "11000000 0300 0200 07000000 2a010000", error: "got 17" },
];

const MALFORMED_ATTRIBUTES = [
  { name: "a cut header", hex: "0400", error: "length must be 4 to 2, got 2" },
  { name: "a length below the header's", hex: "0300 0100", error: "got 3" },
  { name: "a length beyond the end", hex: "0900 0100 00000000", error: "got 9" },
  { name: "attributes that nest too deep", hex: nested(9), error: "must nest at most 8 deep" },
];

function nested(depth: number): string {
  let octets: Uint8Array = new Uint8Array();
  for (let i = 0; i < depth; i++) octets = concat([Uint8Array.of(octets.length + 4, 0, 1, 0x80), octets]);
  return toHex(octets);
}

describe("netlink datagram", () => {
  for (const { name, hex, value } of DATAGRAMS) {
    it(`encodes ${name}`, () => expect(toHex(encodeNetlink(value))).to.equal(hex.replaceAll(" ", "")));
    it(`decodes ${name}`, () => expect(decodeNetlink(fromHex(hex))).to.deep.equal(value));
  }
  for (const { name, hex, error } of MALFORMED_DATAGRAMS) {
    it(`rejects ${name}`, () => expect(() => decodeNetlink(fromHex(hex))).to.throw(DecodeError, error));
  }
  it("takes a last message without its padding", () => {
    expect(decodeNetlink(fromHex("11000000 1000 0100 01000000 00000000 aa"))).to.have.length(1);
  });
  it("rejects every prefix of a message", () => {
    for (const prefix of strictPrefixes(fromHex(DATAGRAMS[1]?.hex ?? "")).slice(1)) {
      expect(() => decodeNetlink(prefix)).to.throw(DecodeError);
    }
  });
  it("survives any octets", () => fuzzCodec({ decode: decodeNetlink, encode: encodeNetlink, seeds: DATAGRAMS }));
});

describe("netlink attributes", () => {
  for (const { name, hex, value } of ATTRIBUTES) {
    it(`encodes ${name}`, () => expect(toHex(encodeAttributes(value))).to.equal(hex.replaceAll(" ", "")));
    it(`decodes ${name}`, () => expect(decodeAttributes(fromHex(hex))).to.deep.equal(value));
  }
  for (const { name, hex, error } of MALFORMED_ATTRIBUTES) {
    it(`rejects ${name}`, () => expect(() => decodeAttributes(fromHex(hex))).to.throw(DecodeError, error));
  }
  it("rejects a number that has not 4 octets", () =>
    expect(() => readHostU32("link MTU", new Uint8Array(3))).to.throw(
      DecodeError,
      "Cannot decode link MTU: must have 4 octets, got 3",
    ));
  it("survives any octets", () => fuzzCodec({ decode: decodeAttributes, encode: encodeAttributes, seeds: ATTRIBUTES }));
});
