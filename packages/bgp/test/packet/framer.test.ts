import { fromHex, toHex } from "@fairlead/testing";
import { expect } from "chai";
import fc from "fast-check";
import { Framer } from "../../src/packet/framer.ts";
import { CAPTURES } from "./captures.ts";

const MARKER = "ff".repeat(16);
const KEEPALIVE = `${MARKER}0013 04`;
const MESSAGES = CAPTURES.map(({ hex }) => MARKER + hex);

/** All that comes out when the octets go in as these parts: messages as hex, then the fault if there is one. */
function cut(parts: readonly Uint8Array[], maxLength = 4096): string[] {
  const framer = new Framer();
  const out: string[] = [];
  for (const part of parts) {
    framer.push(part);
    for (let frame = framer.next(maxLength); frame !== undefined; frame = framer.next(maxLength)) {
      if (frame.kind !== "error") out.push(toHex(frame.octets));
      else return [...out, frame.reason];
    }
  }
  return out;
}

/** A header of this length and type; marker of ones. */
const header = (length: number, type: number): string =>
  `${MARKER} ${(length * 256 + type).toString(16).padStart(6, "0")}`;

const FAULTS = [
  {
    name: "a marker with a 0 in it",
    hex: `${MARKER.slice(2)}fe 0013 04`,
    notification: "1/1",
    must: "all ones, got 254",
  },
  { name: "length 18", hex: header(18, 4), notification: "1/2 0012", must: "19 to 4096, got 18" },
  { name: "length 4097", hex: header(4097, 2), notification: "1/2 1001", must: "19 to 4096, got 4097" },
  { name: "a short OPEN", hex: header(28, 1), notification: "1/2 001c", must: "29 to 4096, got 28" },
  { name: "a short UPDATE", hex: header(22, 2), notification: "1/2 0016", must: "23 to 4096, got 22" },
  { name: "a short NOTIFICATION", hex: header(20, 3), notification: "1/2 0014", must: "21 to 4096, got 20" },
  { name: "a long KEEPALIVE", hex: header(20, 4), notification: "1/2 0014", must: "19 to 19, got 20" },
  { name: "type 0", hex: header(19, 0), notification: "1/3 00", must: "1, 2, 3, 4, 5, got 0" },
  { name: "type 6", hex: header(19, 6), notification: "1/3 06", must: "1, 2, 3, 4, 5, got 6" },
  { name: "a bad length before a bad type", hex: header(18, 9), notification: "1/2 0012", must: "19 to 4096, got 18" },
];

const LIMITS = [
  { name: "an UPDATE of 4096 octets", length: 4096, type: 2, extended: false, fits: true },
  { name: "an UPDATE of 4097 octets", length: 4097, type: 2, extended: false, fits: false },
  { name: "an UPDATE of 65535 octets", length: 65535, type: 2, extended: true, fits: true },
  { name: "an OPEN of 4097 octets", length: 4097, type: 1, extended: true, fits: false },
  { name: "a NOTIFICATION of 4097 octets", length: 4097, type: 3, extended: true, fits: true },
];

describe("the framer", () => {
  for (const { name, hex, notification, must } of FAULTS) {
    it(`names the NOTIFICATION for ${name}, again and again`, () => {
      const framer = new Framer();
      framer.push(fromHex(KEEPALIVE + hex));
      expect(framer.next(4096)).to.include({ kind: "keepalive" });
      for (const time of ["first", "second"]) {
        const fault = framer.next(4096);
        if (fault?.kind !== "error") throw new Error(`no fault at the ${time} time`);
        const { code, subcode, data } = fault.notification;
        expect(`${code}/${subcode} ${toHex(data)}`.trim()).to.equal(notification);
        expect(fault.reason).to.include(must);
      }
    });
  }

  for (const { name, length, type, extended, fits } of LIMITS) {
    it(`${fits ? "takes" : "refuses"} ${name} with${extended ? "" : "out"} extended messages`, () => {
      const octets = new Uint8Array(length);
      octets.set(fromHex(header(length, type)));
      const [out = ""] = cut([octets], extended ? 65535 : 4096);
      expect(out.startsWith(MARKER)).to.equal(fits);
    });
  }

  it("waits until a message is whole", () => {
    const [whole = ""] = MESSAGES;
    const octets = fromHex(whole);
    expect(cut([octets.subarray(0, -1)])).to.deep.equal([]);
    expect(cut([octets.subarray(0, -1), octets.subarray(-1)])).to.deep.equal([whole]);
  });

  it("gives the same messages however the stream is cut", () => {
    const streams = fc.array(fc.oneof(fc.constantFrom(...MESSAGES), fc.constantFrom(...FAULTS.map(({ hex }) => hex))));
    const cuts = fc.array(fc.nat(400), { minLength: 1 });
    fc.assert(
      fc.property(streams, cuts, (stream, sizes) => {
        const octets = fromHex(stream.join(""));
        const parts: Uint8Array[] = [];
        for (let at = 0, i = 0; at < octets.length; i++) {
          const size = 1 + (sizes[i % sizes.length] ?? 0);
          parts.push(octets.subarray(at, at + size));
          at += size;
        }
        const bad = stream.findIndex((hex) => !MESSAGES.includes(hex));
        const out = cut(parts);
        expect(out).to.deep.equal(cut([octets]));
        expect(out.slice(0, bad === -1 ? undefined : bad)).to.deep.equal(bad === -1 ? stream : stream.slice(0, bad));
      }),
    );
  });

  it("gives all messages of a long stream in small parts", () => {
    const stream = Array.from({ length: 40 }, () => MESSAGES).flat();
    const octets = fromHex(stream.join(""));
    const parts = Array.from({ length: Math.ceil(octets.length / 50) }, (_, i) => octets.subarray(50 * i, 50 * i + 50));
    expect(cut(parts)).to.deep.equal(stream);
  });

  it("keeps what it gave out when its buffer begins anew", () => {
    const framer = new Framer();
    framer.push(fromHex(KEEPALIVE));
    const frame = framer.next(4096);
    const long = fromHex(header(4000, 2) + "00".repeat(3981));
    for (let i = 0; i < 3; i++) {
      framer.push(long);
      framer.next(4096);
    }
    if (frame === undefined || frame.kind === "error") throw new Error("no frame");
    expect(toHex(frame.octets)).to.equal(KEEPALIVE.replace(" ", ""));
  });
});
