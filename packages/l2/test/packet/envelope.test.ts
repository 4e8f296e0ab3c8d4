import { DecodeError } from "@fairlead/net";
import { fromHex, fuzzCodec, strictPrefixes, toHex } from "@fairlead/testing";
import { expect } from "chai";
import { decodeEnvelope, type Envelope, encodeEnvelope } from "../../src/packet/envelope.ts";

const TAG = "a54e3351b4cc90a0fa85a8904c442c8d0df8a313c93d6741feb8e5f394405164";
const ENVELOPES: readonly { name: string; hex: string; envelope: Envelope }[] = [
  { name: "one without a tag", hex: "464c4842 02 00 0002 abcd", envelope: { body: fromHex("abcd") } },
  { name: "one with nothing in it", hex: "464c4842 02 00 0000", envelope: { body: new Uint8Array() } },
  {
    name: "one with a tag",
    hex: `464c4842 02 01 0004 ${TAG} 626f6479`,
    envelope: { tag: fromHex(TAG), body: fromHex("626f6479") },
  },
];
const MALFORMED: readonly { name: string; hex: string; error: string }[] = [
  { name: "another protocol", hex: "464c4843 02", error: "magic must be 1179404354, got 1179404355" },
  { name: "another version", hex: "464c4842 01", error: "version must be 2, got 1" },
  { name: "another authentication", hex: "464c4842 02 02", error: "authentication must be one of 0, 1, got 2" },
  {
    name: "a body that is cut off",
    hex: "464c4842 02 00 0003 abcd",
    error: "body at offset 8 must be 3 octets, got 2",
  },
  { name: "a tag that is cut off", hex: "464c4842 02 01 0000 ab", error: "tag at offset 8 must be 32 octets, got 1" },
];

describe("heartbeat envelope", () => {
  for (const { name, hex, envelope } of ENVELOPES) {
    it(`encodes ${name}`, () => expect(toHex(encodeEnvelope(envelope))).to.equal(toHex(fromHex(hex))));
    it(`decodes ${name}`, () => expect(decodeEnvelope(fromHex(hex))).to.deep.equal(envelope));
    it(`rejects every strict prefix of ${name}`, () => {
      for (const octets of strictPrefixes(fromHex(hex))) expect(() => decodeEnvelope(octets)).to.throw(DecodeError);
    });
    it(`ignores Ethernet padding after ${name}`, () =>
      expect(decodeEnvelope(Uint8Array.from([...fromHex(hex), ...new Uint8Array(46)]))).to.deep.equal(envelope));
  }
  for (const { name, hex, error } of MALFORMED) {
    it(`rejects ${name}`, () => expect(() => decodeEnvelope(fromHex(hex))).to.throw(DecodeError, error));
  }

  it("survives any octets", () => fuzzCodec({ decode: decodeEnvelope, encode: encodeEnvelope, seeds: ENVELOPES }));
});
