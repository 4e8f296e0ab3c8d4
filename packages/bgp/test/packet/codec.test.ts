import { parsePrefix } from "@fairlead/net";
import { fromHex, strictPrefixes, toHex } from "@fairlead/testing";
import { expect } from "chai";
import fc from "fast-check";
import type { PathAttribute } from "../../src/packet/attribute.ts";
import { encodeMessage } from "../../src/packet/codec.ts";
import { explainNotification } from "../../src/packet/explain-notification.ts";
import { Framer } from "../../src/packet/framer.ts";
import type { UpdateMessage } from "../../src/packet/message.ts";
import type { SessionTraits } from "../../src/packet/session-traits.ts";
import { arbitraryMessage, arbitraryPrefix } from "./arbitrary.ts";
import { CAPTURES } from "./captures.ts";
import { decodeOctets, EXTERNAL, messageOctets } from "./decoding.ts";

const LARGE: SessionTraits = { ...EXTERNAL, extendedMessage: true, internal: true };
const TWO_OCTETS: SessionTraits = { ...EXTERNAL, fourOctetAs: false };

const traits: fc.Arbitrary<SessionTraits> = fc.record({
  fourOctetAs: fc.boolean(),
  extendedMessage: fc.boolean(),
  extendedNextHop: fc.boolean(),
  families: fc.subarray([4, 6] as const),
  internal: fc.boolean(),
});

function announcement(attributes: readonly PathAttribute[], nlri = [parsePrefix("198.51.100.1/32")]): UpdateMessage {
  return { kind: "update", withdrawnRoutes: [], attributes, nlri };
}

/** Octets of the Path Attributes field of an UPDATE with these. */
function pathAttributes(attributes: readonly PathAttribute[], of: SessionTraits): string {
  const octets = encodeMessage(announcement(attributes, []), of);
  return toHex(octets.subarray(23));
}

const path = (asns: readonly number[]): PathAttribute => ({ kind: "asPath", segments: [{ kind: "sequence", asns }] });
const ROUTER = { family: 4, value: 0xc0000215n } as const;

const FORMS: readonly { name: string; attributes: readonly PathAttribute[]; of?: SessionTraits; hex: string }[] = [
  {
    name: "ascending order of type, routes first",
    attributes: [
      { kind: "communities", communities: [0xfc000001] },
      { kind: "mpUnreach", family: 6, withdrawn: [] },
      { kind: "origin", origin: "igp" },
    ],
    hex: "800f03000201 40010100 c00804fc000001",
  },
  {
    name: "two octets of length from 256 octets on",
    attributes: [{ kind: "unknown", type: 99, flags: 0xc0, value: new Uint8Array(256) }],
    hex: `d0630100${"00".repeat(256)}`,
  },
  {
    name: "one octet of length up to 255",
    attributes: [{ kind: "unknown", type: 99, flags: 0xd0, value: new Uint8Array(255) }],
    hex: `c063ff${"00".repeat(255)}`,
  },
  { name: "AS numbers of four octets", attributes: [path([64512, 4200000001])], hex: "40020a02020000fc00fa56ea01" },
  {
    name: "AS numbers of two octets, AS4_PATH besides",
    attributes: [path([64512, 4200000001])],
    of: TWO_OCTETS,
    hex: "4002060202fc005ba0 c0110a02020000fc00fa56ea01",
  },
  { name: "AS numbers that fit, alone", attributes: [path([64512])], of: TWO_OCTETS, hex: "4002040201fc00" },
  {
    name: "AS4_AGGREGATOR besides",
    attributes: [{ kind: "aggregator", as: 4200000001, address: ROUTER }],
    of: TWO_OCTETS,
    hex: "c007065ba0c0000215 c01208fa56ea01c0000215",
  },
  {
    name: "link bandwidth of the registered type",
    attributes: [
      {
        kind: "extendedCommunities",
        communities: [{ kind: "linkBandwidth", transitive: false, as: 64512, octetsPerSecond: 125e6 }],
      },
    ],
    hex: "c010084004fc004cee6b28",
  },
];

describe("attributes are written with", () => {
  for (const { name, attributes, of = EXTERNAL, hex } of FORMS) {
    it(name, () => expect(pathAttributes(attributes, of)).to.equal(hex.replaceAll(" ", "")));
  }
});

describe("a link bandwidth", () => {
  for (const bits of ["7fc00000", "7f800000", "ff800000"]) {
    it(`that is no number (${bits}) is kept as it came`, () => {
      const octets = messageOctets(2, `0000 000b c01008 4004fc00${bits}`);
      const communities = [{ kind: "other", value: BigInt(`0x4004fc00${bits}`) }];
      // It announces no route, so that nothing else has to be there.
      const attributes = [{ kind: "extendedCommunities", communities }];
      expect(decodeOctets(octets)).to.have.deep.nested.property("message.attributes", attributes);
    });
  }
});

describe("any message", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(arbitraryMessage, (message) => {
        const decoded = decodeOctets(encodeMessage(message, LARGE), LARGE);
        expect(decoded).to.deep.equal({ kind: "message", message, faults: [] });
      }),
      { numRuns: 500 },
    );
  });

  it("is refused if it is longer than the session allows", () => {
    const nlri = Array.from({ length: 814 }, () => parsePrefix("198.51.100.1/32"));
    const fits = announcement([], [...nlri, parsePrefix("10.1.0.0/16")]);
    const tooLong = announcement([], [...nlri, parsePrefix("10.1.1.0/24")]);
    expect(encodeMessage(fits, EXTERNAL)).to.have.length(4096);
    expect(() => encodeMessage(tooLong, EXTERNAL)).to.throw(RangeError, "4096 octets at most, got 4097");
    expect(encodeMessage(tooLong, LARGE)).to.have.length(4097);
  });
});

describe("a prefix", () => {
  it("has as many octets as its length needs, and no host bits", () => {
    const nlri = ["10.1.2.255/25", "10.255.0.0/9", "10.0.0.0/8", "0.0.0.0/0"].map(parsePrefix);
    const octets = encodeMessage(announcement([], nlri), EXTERNAL);
    expect(toHex(octets.subarray(23))).to.equal("190a010280" + "090a80" + "080a" + "00");
  });

  it("is read without its host bits", () => {
    const decoded = decodeOctets(messageOctets(2, "0005 19 0a0102ff 0000"));
    const withdrawnRoutes = [parsePrefix("10.1.2.128/25")];
    expect(decoded).to.have.deep.property("message", { kind: "update", withdrawnRoutes, attributes: [], nlri: [] });
  });

  for (const family of [4, 6] as const) {
    it(`of IPv${family} comes back as it was`, () => {
      fc.assert(
        fc.property(arbitraryPrefix(family), (prefix) => {
          const attributes = [{ kind: "mpUnreach", family, withdrawn: [prefix] }] as const;
          const decoded = decodeOctets(encodeMessage(announcement(attributes, []), EXTERNAL));
          expect(decoded).to.have.deep.nested.property("message.attributes", attributes);
        }),
      );
    });
  }
});

describe("any octets", () => {
  const seeds = CAPTURES.map(({ hex }) => fromHex("ff".repeat(16) + hex));
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
  const damaged = fc.tuple(fc.constantFrom(...seeds), changes).map(([seed, changes]) => {
    const octets = Uint8Array.from(seed);
    // The header stays: what it has is the framer's to check.
    for (const [at, value] of changes) octets[19 + (at % Math.max(1, octets.length - 19))] = value;
    return octets;
  });
  const bodies = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.uint8Array({ maxLength: 200 })).map(([type, body]) => {
    return messageOctets(type, toHex(body));
  });

  it("are a message, or end the session with a NOTIFICATION", () => {
    fc.assert(
      fc.property(fc.oneof(damaged, bodies), traits, (octets, traits) => {
        const decoded = decodeOctets(octets, traits);
        if (decoded.kind === "error") expect(decoded.notification.code).to.be.within(1, 7);
        else if (decoded.message.kind === "notification")
          expect(explainNotification(decoded.message).words).to.be.a("string");
      }),
      { numRuns: 3000 },
    );
  });

  it("are cut into nothing that throws", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (parts) => {
        const framer = new Framer();
        for (const part of parts) {
          framer.push(part);
          framer.next(4096);
        }
      }),
    );
  });

  it("of a message whose end is missing never decode as something shorter", () => {
    for (const seed of seeds.filter(({ length }) => length > 23)) {
      for (const prefix of strictPrefixes(seed)) {
        const framer = new Framer();
        framer.push(prefix);
        expect(framer.next(4096)).to.equal(undefined);
      }
    }
  });
});
