import { isIP } from "node:net";
import { toHex } from "@fairlead/testing";
import { expect } from "chai";
import fc from "fast-check";
import {
  AddressSyntaxError,
  addressFromOctets,
  addressOctets,
  compareAddresses,
  formatAddress,
  parseAddress,
  tryParseAddress,
} from "../src/address.ts";

const octets = fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 }));
const address = octets.map(addressFromOctets);

const ROWS = [
  { text: "0.0.0.0", hex: "00000000" },
  { text: "192.0.2.1", hex: "c0000201" },
  { text: "255.255.255.255", hex: "ffffffff" },
  { text: "::", hex: "00".repeat(16) },
  { text: "::1", hex: `${"00".repeat(15)}01` },
  { text: "2001:db8::1", hex: `20010db8${"00".repeat(11)}01` },
  { text: "2001:db8:0:1:1:1:1:1", hex: "20010db8000000010001000100010001" },
  { text: "2001:0:0:1::1", hex: "20010000000000010000000000000001" },
  { text: "fe80::a", hex: `fe80${"00".repeat(13)}0a` },
  { text: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", hex: "ff".repeat(16) },
];

const CANONICAL = [
  { text: "2001:DB8::1", canonical: "2001:db8::1" },
  { text: "2001:0db8:0000:0000:0000:0000:0000:0001", canonical: "2001:db8::1" },
  { text: "0:0:0:0:0:0:0:0", canonical: "::" },
  { text: "1:0:0:2:0:0:0:3", canonical: "1:0:0:2::3" },
  { text: "64:ff9b::192.0.2.1", canonical: "64:ff9b::c000:201" },
];

const MALFORMED = [
  [
    "",
    " ",
    "1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.04",
    "1.2.3.-4",
    "1.2.3.4 ",
    " 1.2.3.4",
    "0x1.2.3.4",
  ],
  ["1.2.3.4/32", "1.2.3.4-1.2.3.5", "1,2,3,4", "1.2.3.4\n", "1.2.3.4%eth0", "٣.2.3.4"],
  [
    ":",
    ":::",
    "1:2",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "12345::",
    "g::",
    "::1/64",
    "fe80::1%eth0",
    "[::1]",
    "::1 ",
  ],
  [
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    ":1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:",
    "::1.2.3",
    "::1.2.3.256",
    "::01.2.3.4",
    "1.2.3.4::",
  ],
].flat();

describe("an address", () => {
  for (const { text, hex } of ROWS) {
    it(`is ${text} in text and ${hex} in octets`, () => {
      expect(toHex(addressOctets(parseAddress(text)))).to.equal(hex);
      expect(formatAddress(parseAddress(text))).to.equal(text);
    });
  }

  for (const { text, canonical } of CANONICAL) {
    it(`is written ${canonical} when it was read as ${text} (RFC 5952)`, () =>
      expect(formatAddress(parseAddress(text))).to.equal(canonical));
  }

  for (const text of MALFORMED) {
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(tryParseAddress(text)).to.equal(undefined);
      expect(() => parseAddress(text)).to.throw(AddressSyntaxError, JSON.stringify(text));
    });
  }

  it("comes back from its text and from its octets", () =>
    fc.assert(
      fc.property(address, (value) => {
        expect(parseAddress(formatAddress(value))).to.deep.equal(value);
        expect(addressFromOctets(addressOctets(value))).to.deep.equal(value);
      }),
    ));

  it("is what others take for one, too", () => {
    const part = fc.constantFrom("0", "1", "01", "255", "256", "db8", "ffff", "12345", "", "g");
    const separator = fc.constantFrom(".", ":", "::", ".", ":");
    const text = fc
      .array(fc.tuple(part, separator), { minLength: 1, maxLength: 9 })
      .map((parts) => parts.flat().slice(0, -1).join(""));
    const odd = fc.oneof(
      text,
      fc.ipV4(),
      fc.ipV6(),
      fc.string(),
      fc.ipV6().map((v6) => v6.replace(":", "")),
    );
    fc.assert(
      fc.property(odd, (candidate) => {
        expect(tryParseAddress(candidate)?.family ?? 0, candidate).to.equal(isIP(candidate));
      }),
      { numRuns: 1000 },
    );
  });

  it("is ordered as its octets are, IPv4 first", () =>
    fc.assert(
      fc.property(address, address, (a, b) => {
        const [x, y] = [addressOctets(a), addressOctets(b)];
        const wanted = x.length - y.length || Buffer.compare(x, y);
        expect(Math.sign(compareAddresses(a, b))).to.equal(Math.sign(wanted));
      }),
    ));

  for (const length of [0, 3, 5, 15, 17]) {
    it(`has not ${length} octets`, () =>
      expect(() => addressFromOctets(new Uint8Array(length))).to.throw(AddressSyntaxError, `got ${length}`));
  }
});
