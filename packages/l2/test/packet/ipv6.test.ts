import { DecodeError, parseAddress } from "@fairlead/net";
import { fromHex, fuzzCodec, strictPrefixes, toHex } from "@fairlead/testing";
import { expect } from "chai";
import { decodeIcmpv6, encodeIcmpv6, type Icmpv6Packet } from "../../src/packet/ipv6.ts";

const SOLICITATION = "8700 6b26 00000000 20010db8000000000000000000000001 0101 02005e005302";
const ODD =
  "0104 ba30 00000000 600405f400091140 20010db8000000000000000000000002 20010db8000000000000000000000001 b08a0009 00095b8f 0a";

const PACKETS: readonly { name: string; hex: string; packet: Icmpv6Packet }[] = [
  {
    name: "a solicitation that Linux sent (captured)",
    hex: `60000000 0020 3a ff 20010db8000000000000000000000002 ff0200000000000000000001ff000001 ${SOLICITATION}`,
    packet: {
      source: parseAddress("2001:db8::2"),
      destination: parseAddress("ff02::1:ff00:1"),
      hopLimit: 255,
      message: fromHex(SOLICITATION),
    },
  },
  {
    name: "an error of odd length that Linux sent (captured, its flow label cleared)",
    hex: `60000000 0039 3a 40 20010db8000000000000000000000001 20010db8000000000000000000000002 ${ODD}`,
    packet: {
      source: parseAddress("2001:db8::1"),
      destination: parseAddress("2001:db8::2"),
      hopLimit: 64,
      message: fromHex(ODD),
    },
  },
];

const [WHOLE = ""] = PACKETS.map(({ hex }) => hex);

const MALFORMED = [
  { name: "IPv4", hex: "45000000 0020 3a ff", error: "version must be 6, got 4" },
  { name: "an extension header", hex: "60000000 0020 00 01", error: "next header must be 58, got 0" },
  {
    name: "a message without a checksum",
    hex: "60000000 0003 3a ff",
    error: "payload length must be at least 4, got 3",
  },
  { name: "a wrong checksum", hex: WHOLE.replace("6b26", "6b25"), error: "checksum must be right" },
  { name: "another source", hex: WHOLE.replace("0002 ff02", "0003 ff02"), error: "checksum must be right" },
];

describe("ICMPv6 packet", () => {
  for (const { name, hex, packet } of PACKETS) {
    it(`encodes ${name}`, () => expect(toHex(encodeIcmpv6(packet))).to.equal(hex.replaceAll(" ", "")));
    it(`decodes ${name}`, () => expect(decodeIcmpv6(fromHex(hex))).to.deep.equal(packet));
    it(`decodes ${name} with padding`, () => expect(decodeIcmpv6(fromHex(`${hex}0000`))).to.deep.equal(packet));
    it(`fills in the checksum of ${name}`, () => {
      const blank = packet.message.slice().fill(0, 2, 4);
      expect(toHex(encodeIcmpv6({ ...packet, message: blank }))).to.equal(hex.replaceAll(" ", ""));
      expect(blank.slice(2, 4)).to.deep.equal(new Uint8Array(2));
    });
    it(`rejects every prefix of ${name}`, () => {
      for (const prefix of strictPrefixes(fromHex(hex))) expect(() => decodeIcmpv6(prefix)).to.throw(DecodeError);
    });
  }
  for (const { name, hex, error } of MALFORMED) {
    it(`rejects ${name}`, () => expect(() => decodeIcmpv6(fromHex(hex))).to.throw(DecodeError, error));
  }
  it("survives any octets", () => fuzzCodec({ decode: decodeIcmpv6, encode: encodeIcmpv6, seeds: PACKETS }));
});
