import { expect } from "chai";
import fc from "fast-check";
import { AddressSyntaxError } from "../src/address.ts";
import { macFromOctets, macOctets, parseMac } from "../src/mac.ts";

describe("a MAC address", () => {
  it("is read in either case, and written in lower", () =>
    expect(parseMac("02:00:5E:00:53:AB")).to.equal("02:00:5e:00:53:ab"));

  for (const text of [
    "",
    "02:00:5e:00:53",
    "02:00:5e:00:53:01:02",
    "02-00-5e-00-53-01",
    "2:0:5e:0:53:1",
    "0200.5e00.5301",
    "02:00:5e:00:53:0g",
    " 02:00:5e:00:53:01",
    "02:00:5e:00:53:01\n",
  ]) {
    it(`is not ${JSON.stringify(text)}`, () =>
      expect(() => parseMac(text)).to.throw(AddressSyntaxError, JSON.stringify(text)));
  }

  it("comes back from its octets", () =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (octets) => {
        expect(macOctets(macFromOctets(octets))).to.deep.equal(octets);
        expect(parseMac(macFromOctets(octets))).to.equal(macFromOctets(octets));
      }),
    ));

  for (const length of [0, 5, 7]) {
    it(`has not ${length} octets`, () =>
      expect(() => macFromOctets(new Uint8Array(length))).to.throw(AddressSyntaxError));
  }
});
