import { DecodeError } from "@fairlead/net";
import { fromHex, fuzzCodec, toHex } from "@fairlead/testing";
import { expect } from "chai";
import { internetChecksum } from "../../src/packet/checksum.ts";
import { decodeEcho, type EchoMessage, echoReplyFilter, encodeEcho, IPV4_HEADER } from "../../src/packet/echo.ts";
import { runBpf } from "../../src/testing/run-bpf.ts";

const DATA = fromHex("00112233445566778899aabbccddeeff");
const MESSAGE = { identifier: 0x1234, sequence: 7, data: DATA } as const;
const ROWS: readonly { family: 4 | 6; message: EchoMessage; hex: string }[] = [
  { family: 4, message: { kind: "request", ...MESSAGE }, hex: "080029811234000700112233445566778899aabbccddeeff" },
  { family: 4, message: { kind: "reply", ...MESSAGE }, hex: "000031811234000700112233445566778899aabbccddeeff" },
  { family: 6, message: { kind: "request", ...MESSAGE }, hex: "800000001234000700112233445566778899aabbccddeeff" },
  { family: 6, message: { kind: "reply", ...MESSAGE }, hex: "810000001234000700112233445566778899aabbccddeeff" },
];

const MALFORMED = [
  { family: 4, hex: "", why: "octets" },
  { family: 4, hex: "0301000000000000", why: "type" },
  { family: 6, hex: "0000000012340007", why: "type" },
  { family: 4, hex: "0001000012340007", why: "code" },
  { family: 6, hex: "81000000123400", why: "octets" },
] as const;

describe("ICMP Echo", () => {
  for (const { family, message, hex } of ROWS) {
    it(`encodes an IPv${family} ${message.kind}`, () => expect(toHex(encodeEcho(family, message))).to.equal(hex));
    it(`decodes an IPv${family} ${message.kind}`, () =>
      expect(decodeEcho(family, fromHex(hex))).to.deep.equal(message));
  }
  for (const { family, hex, why } of MALFORMED) {
    it(`refuses ${JSON.stringify(hex)} of IPv${family}`, () =>
      expect(() => decodeEcho(family, fromHex(hex))).to.throw(DecodeError, why));
  }
  it("has a right checksum for IPv4, whatever the length", () => {
    for (const length of [0, 1, 15, 16]) {
      const data = DATA.slice(0, length);
      expect(internetChecksum(encodeEcho(4, { kind: "request", ...MESSAGE, data }))).to.equal(0);
    }
  });
  for (const family of [4, 6] as const) {
    it(`survives any octets (IPv${family})`, () =>
      fuzzCodec({
        decode: (octets) => decodeEcho(family, octets),
        encode: (message: EchoMessage) => encodeEcho(family, message),
        seeds: ROWS.filter((row) => row.family === family),
      }));
    it(`lets only replies to one asker through (IPv${family})`, () => {
      const header = family === 4 ? [0x45, ...new Array<number>(IPV4_HEADER - 1).fill(1)] : [];
      const passes = (message: EchoMessage) =>
        runBpf(echoReplyFilter(family, 0x1234), Uint8Array.of(...header, ...encodeEcho(family, message)));
      expect(passes({ kind: "reply", ...MESSAGE })).to.equal(true);
      expect(passes({ kind: "request", ...MESSAGE })).to.equal(false);
      expect(passes({ kind: "reply", ...MESSAGE, identifier: 0x1235 })).to.equal(false);
    });
  }
  it("lets no reply with IPv4 options through, whose message begins elsewhere", () => {
    const octets = Uint8Array.of(
      0x46,
      ...new Array<number>(19).fill(0),
      ...encodeEcho(4, { kind: "reply", ...MESSAGE }),
    );
    expect(runBpf(echoReplyFilter(4, 0x1234), octets)).to.equal(false);
  });
});
