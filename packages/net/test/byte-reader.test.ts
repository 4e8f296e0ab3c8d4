import { fromHex, toHex } from "@fairlead/testing";
import { expect } from "chai";
import fc from "fast-check";
import { parseAddress } from "../src/address.ts";
import { ByteReader, ByteWriter } from "../src/bytes.ts";
import { DecodeError } from "../src/decode-error.ts";

const FIELDS: {
  name: string;
  write: (w: ByteWriter) => void;
  read: (r: ByteReader) => unknown;
  hex: string;
  value: unknown;
}[] = [
  { name: "u8", write: (w) => w.u8(0xfe), read: (r) => r.u8("f"), hex: "fe", value: 0xfe },
  { name: "u16", write: (w) => w.u16(0xfedc), read: (r) => r.u16("f"), hex: "fedc", value: 0xfedc },
  { name: "u32", write: (w) => w.u32(0xfedcba98), read: (r) => r.u32("f"), hex: "fedcba98", value: 0xfedcba98 },
  {
    name: "u64",
    write: (w) => w.u64(2n ** 64n - 2n),
    read: (r) => r.u64("f"),
    hex: "fffffffffffffffe",
    value: 2n ** 64n - 2n,
  },
  {
    name: "octets",
    write: (w) => w.octets(fromHex("0102")),
    read: (r) => toHex(r.octets("f", 2)),
    hex: "0102",
    value: "0102",
  },
  { name: "text", write: (w) => w.octets(Buffer.from("é")), read: (r) => r.text("f", 2), hex: "c3a9", value: "é" },
  {
    name: "mac",
    write: (w) => w.mac("02:00:5e:00:53:01"),
    read: (r) => r.mac("f"),
    hex: "02005e005301",
    value: "02:00:5e:00:53:01",
  },
  {
    name: "an IPv4 address",
    write: (w) => w.address(parseAddress("192.0.2.1")),
    read: (r) => r.address("f", 4),
    hex: "c0000201",
    value: parseAddress("192.0.2.1"),
  },
  {
    name: "an IPv6 address",
    write: (w) => w.address(parseAddress("2001:db8::1")),
    read: (r) => r.address("f", 6),
    hex: "20010db8000000000000000000000001",
    value: parseAddress("2001:db8::1"),
  },
];

describe("ByteReader and ByteWriter", () => {
  for (const { name, write, read, hex, value } of FIELDS) {
    it(`have ${name} in network byte order`, () => {
      const w = new ByteWriter();
      write(w);
      expect(toHex(w.finish())).to.equal(hex);
      // In the middle of a larger buffer, as datagrams are.
      const framed = fromHex(`ffff${hex}ffff`);
      const r = new ByteReader("test", framed.subarray(2, framed.length - 2));
      expect(read(r)).to.deep.equal(value);
      expect(r.remaining).to.equal(0);
      r.end();
    });

    it(`say what is missing of ${name}`, () => {
      const octets = fromHex(hex);
      for (let length = 0; length < octets.length; length++) {
        const r = new ByteReader("ARP packet", octets.subarray(0, length));
        const missing = `Cannot decode ARP packet: f at offset 0 must be ${octets.length} octets, got ${length}`;
        expect(() => read(r)).to.throw(DecodeError, missing);
        expect(r.remaining, "nothing is taken").to.equal(length);
      }
    });
  }

  it("give copies", () => {
    const octets = fromHex("0102");
    const taken = new ByteReader("test", octets).octets("f", 2);
    octets[0] = 9;
    expect(toHex(taken)).to.equal("0102");
    const w = new ByteWriter().u8(1);
    const first = w.finish();
    w.u8(2);
    expect(toHex(first)).to.equal("01");
  });

  it("expect certain values", () => {
    const r = () => new ByteReader("test", fromHex("0000000100000001"));
    expect(() => r().expectU8("version", 1)).to.throw(DecodeError, "version must be 1, got 0");
    expect(() => r().expectU16("version", 1)).to.throw(DecodeError, "version must be 1, got 0");
    expect(() => r().expectU32("version", 2)).to.throw(DecodeError, "version must be 2, got 1");
    expect(() => r().expectU32("version", 1)).to.not.throw();
  });

  it("look values up in a table, falsy ones too", () => {
    const table = new Map<number, string | boolean>([
      [1, false],
      [2, "two"],
    ]);
    const r = new ByteReader("test", fromHex("0102"));
    expect(r.oneOf("kind", r.u8("kind"), table)).to.equal(false);
    expect(r.oneOf("kind", r.u8("kind"), table)).to.equal("two");
    expect(() => r.oneOf("kind", 3, table)).to.throw(DecodeError, "kind must be one of 1, 2, got 3");
  });

  it("refuse what is left over, and text that is not UTF-8", () => {
    expect(() => new ByteReader("test", fromHex("00")).end()).to.throw(DecodeError, "no further octets, got 1");
    expect(() => new ByteReader("test", fromHex("ff")).text("name", 1)).to.throw(DecodeError, "name must be UTF-8");
  });

  it("keep a byte order mark as text", () =>
    expect(new ByteReader("test", fromHex("efbbbf61")).text("name", 4)).to.equal("\uFEFFa"));

  it("bring back any sequence of fields", () => {
    const index = fc.nat(FIELDS.length - 1);
    fc.assert(
      fc.property(fc.array(index, { maxLength: 40 }), (indexes) => {
        const w = new ByteWriter();
        for (const i of indexes) FIELDS[i]?.write(w);
        expect(w.length).to.equal(w.finish().length);
        const r = new ByteReader("test", w.finish());
        for (const i of indexes) expect(FIELDS[i]?.read(r)).to.deep.equal(FIELDS[i]?.value);
        r.end();
      }),
    );
  });
});
