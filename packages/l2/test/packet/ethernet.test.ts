import { DecodeError } from "@fairlead/net";
import { fromHex, fuzzCodec, strictPrefixes, toHex } from "@fairlead/testing";
import { expect } from "chai";
import { decodeEthernet, type EthernetFrame, encodeEthernet } from "../../src/packet/ethernet.ts";

const ADDRESSES = { destination: "ff:ff:ff:ff:ff:ff", source: "02:00:5e:00:53:02" };

const FRAMES: readonly { name: string; hex: string; frame: EthernetFrame }[] = [
  {
    name: "a frame of the least length",
    hex: `ffffffffffff 02005e005302 0806 ${"ab".repeat(46)}`,
    frame: { ...ADDRESSES, etherType: 0x0806, payload: new Uint8Array(46).fill(0xab) },
  },
  {
    name: "a frame of the lowest EtherType",
    hex: `ffffffffffff 02005e005302 0600 ${"cd".repeat(50)}`,
    frame: { ...ADDRESSES, etherType: 0x0600, payload: new Uint8Array(50).fill(0xcd) },
  },
];

const MALFORMED = [
  { name: "no octets", hex: "", error: "destination at offset 0 must be 6 octets, got 0" },
  { name: "a cut source", hex: "ffffffffffff 0200", error: "source at offset 6 must be 6 octets, got 2" },
  {
    name: "a length in place of the EtherType",
    hex: "ffffffffffff 02005e005302 05ff",
    error: "at least 0x0600, got 0x5ff",
  },
];

describe("Ethernet frame", () => {
  for (const { name, hex, frame } of FRAMES) {
    it(`encodes ${name}`, () => expect(toHex(encodeEthernet(frame))).to.equal(hex.replaceAll(" ", "")));
    it(`decodes ${name}`, () => expect(decodeEthernet(fromHex(hex))).to.deep.equal(frame));
  }
  for (const { name, hex, error } of MALFORMED) {
    it(`rejects ${name}`, () => expect(() => decodeEthernet(fromHex(hex))).to.throw(DecodeError, error));
  }
  it("rejects every prefix of a header", () => {
    for (const prefix of strictPrefixes(fromHex("ffffffffffff 02005e005302 0806"))) {
      expect(() => decodeEthernet(prefix)).to.throw(DecodeError);
    }
  });
  it("pads a short payload with zeros to 60 octets", () => {
    const octets = encodeEthernet({ ...ADDRESSES, etherType: 0x0806, payload: Uint8Array.of(0xff) });
    expect(toHex(octets)).to.equal(`ffffffffffff02005e0053020806ff${"00".repeat(45)}`);
  });
  it("survives any octets", () => {
    // Padding added by the first encoding stays: it is part of the payload from then on.
    const decode = (octets: Uint8Array) => decodeEthernet(encodeEthernet(decodeEthernet(octets)));
    fuzzCodec({ decode, encode: encodeEthernet, seeds: FRAMES });
  });
});
