import { expect } from "chai";
import fc from "fast-check";
import { AddressSyntaxError, parseAddress } from "../src/address.ts";
import {
  type AddressRange,
  formatPrefix,
  formatRange,
  mergeRanges,
  parsePrefix,
  parseRange,
  prefixRange,
  rangeContains,
  rangeSize,
  rangesOverlap,
  subtractRanges,
} from "../src/range.ts";

const RANGES = [
  { text: "192.0.2.0/28", range: "192.0.2.0-192.0.2.15", size: 16n },
  { text: "198.51.100.10/24", range: "198.51.100.0-198.51.100.255", size: 256n },
  { text: "192.0.2.7/32", range: "192.0.2.7", size: 1n },
  { text: "0.0.0.0/0", range: "0.0.0.0-255.255.255.255", size: 1n << 32n },
  { text: "192.0.2.10-192.0.2.20", range: "192.0.2.10-192.0.2.20", size: 11n },
  { text: "192.0.2.10 - 192.0.2.20", range: "192.0.2.10-192.0.2.20", size: 11n },
  { text: "192.0.2.9-192.0.2.9", range: "192.0.2.9", size: 1n },
  { text: "192.0.2.255-192.0.3.0", range: "192.0.2.255-192.0.3.0", size: 2n },
  { text: "2001:db8::/64", range: "2001:db8::-2001:db8::ffff:ffff:ffff:ffff", size: 1n << 64n },
  { text: "::/0", range: "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", size: 1n << 128n },
  { text: "2001:db8::1-2001:db8::ff", range: "2001:db8::1-2001:db8::ff", size: 255n },
];
const MALFORMED = [
  "",
  "-",
  "/",
  "192.0.2.1",
  "192.0.2.0/33",
  "192.0.2.0/-1",
  "192.0.2.0/",
  "192.0.2.0/024",
  "192.0.2.0/2 4",
  "192.0.2.0/1e1",
]
  .concat([
    "/24",
    " 192.0.2.0/24",
    "192.0.2.0/24 ",
    "192.0.2.0/24/24",
    "::/129",
    "192.0.2.1-",
    "-192.0.2.1",
    "192.0.2.9-192.0.2.1",
  ])
  .concat([
    "192.0.2.1-2001:db8::1",
    "192.0.2.1-192.0.2.2-192.0.2.3",
    "192.0.2.0/24-192.0.3.0/24",
    "192.0.2.1-9",
    "a-b",
    "fe80::1%eth0/64",
  ]);

// Few numbers, so that ranges meet, touch and hold each other.
const small: fc.Arbitrary<AddressRange> = fc
  .tuple(fc.constantFrom(4 as const, 6 as const), fc.nat(20), fc.nat(6))
  .map(([family, first, more]) => ({ family, first: BigInt(first), last: BigInt(first + more) }));
const several = fc.array(small, { maxLength: 6 });
const every = (["4", "6"] as const).flatMap((family) =>
  Array.from({ length: 30 }, (_, value) => ({
    family: family === "4" ? (4 as const) : (6 as const),
    value: BigInt(value),
  })),
);
const members = (ranges: readonly AddressRange[]) =>
  every.filter((address) => ranges.some((range) => rangeContains(range, address)));
const expectTidy = (ranges: readonly AddressRange[]) => {
  for (const [index, range] of ranges.entries()) {
    const next = ranges[index + 1];
    expect(range.first <= range.last).to.equal(true);
    if (next?.family === range.family) expect(next.first > range.last).to.equal(true);
    else if (next !== undefined) expect([range.family, next.family]).to.deep.equal([4, 6]);
  }
};

describe("a range", () => {
  for (const { text, range, size } of RANGES) {
    it(`of ${text} is ${range}, ${size} addresses`, () => {
      expect(formatRange(parseRange(text))).to.equal(range);
      expect(rangeSize(parseRange(text))).to.equal(size);
    });
  }

  for (const text of MALFORMED) {
    it(`is not ${JSON.stringify(text)}`, () => expect(() => parseRange(text)).to.throw(AddressSyntaxError, /got /));
  }

  it("throws nothing else, whatever the text", () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.tuple(fc.ipV4(), fc.constantFrom("/", "-"), fc.string()).map((t) => t.join("")),
        ),
        (text) => {
          try {
            const range = parseRange(text);
            expect(range.first <= range.last).to.equal(true);
          } catch (error) {
            expect(error).to.be.instanceOf(AddressSyntaxError);
          }
        },
      ),
    ));

  it("holds its ends, and nothing beyond them or of another family", () => {
    const range = parseRange("192.0.2.10-192.0.2.20");
    const inside = ["192.0.2.9", "192.0.2.10", "192.0.2.20", "192.0.2.21", "::c000:20f"].map((text) =>
      rangeContains(range, parseAddress(text)),
    );
    expect(inside).to.deep.equal([false, true, true, false, false]);
  });

  it("overlaps another when they share an address", () =>
    fc.assert(
      fc.property(small, small, (a, b) => {
        expect(rangesOverlap(a, b)).to.equal(members([a]).some((address) => rangeContains(b, address)));
      }),
    ));
});

describe("ranges", () => {
  it("hold the same addresses when they are merged, in fewest ranges", () =>
    fc.assert(
      fc.property(several, (ranges) => {
        const merged = mergeRanges(ranges);
        expect(members(merged)).to.deep.equal(members(ranges));
        expectTidy(merged);
        for (const [index, range] of merged.entries()) {
          const next = merged[index + 1];
          if (next?.family === range.family) expect(next.first > range.last + 1n, "not adjacent").to.equal(true);
        }
      }),
    ));

  it("hold what holes leave of them", () =>
    fc.assert(
      fc.property(several, several, (from, holes) => {
        const rest = subtractRanges(from, holes);
        const wanted = members(from).filter((address) => !holes.some((hole) => rangeContains(hole, address)));
        expect(members(rest)).to.deep.equal(wanted);
        expectTidy(rest);
      }),
    ));
});

describe("a prefix", () => {
  it("keeps its host bits", () => {
    expect(formatPrefix(parsePrefix("192.0.2.7/24"))).to.equal("192.0.2.7/24");
    expect(formatRange(prefixRange(parsePrefix("192.0.2.7/24")))).to.equal("192.0.2.0-192.0.2.255");
  });

  for (const [text, message] of [
    ["192.0.2.0", "must be ADDRESS/LENGTH"],
    ["192.0.2.0/33", "must be 0 to 32"],
    ["::/129", "must be 0 to 128"],
    ["x/8", "must be an IPv4 or IPv6 address"],
  ] as const) {
    it(`is not ${text}: ${message}`, () => expect(() => parsePrefix(text)).to.throw(AddressSyntaxError, message));
  }
});
