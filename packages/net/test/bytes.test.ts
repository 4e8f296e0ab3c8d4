import { expect } from "chai";
import { ByteWriter } from "../src/bytes.ts";

describe("ByteWriter", () => {
  it("keeps every octet as it grows", () => {
    const w = new ByteWriter();
    const octets = Array.from({ length: 1_000 }, (_, i) => i % 251);
    for (const octet of octets) w.u8(octet);
    expect([...w.finish()]).to.deep.equal(octets);
  });

  for (const capacity of [0, 1, 5]) {
    it(`grows beyond a capacity of ${capacity}`, () => {
      const octets = new ByteWriter(capacity).u8(1).u32(0x02030405).u16(0x0607).u64(8n).finish();
      expect([...octets]).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 8]);
    });
  }

  it("keeps words that come just where it grows", () => {
    const w = new ByteWriter().octets(new Uint8Array(63)).u16(0x0102).octets(new Uint8Array(61)).u32(0x03040506);
    const octets = w.finish();
    expect([...octets.slice(63, 65)]).to.deep.equal([1, 2]);
    expect([...octets.slice(126)]).to.deep.equal([3, 4, 5, 6]);
  });
});
