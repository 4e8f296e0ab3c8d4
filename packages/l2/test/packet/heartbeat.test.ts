import { DecodeError, parsePrefix } from "@fairlead/net";
import { fromHex, fuzzCodec, strictPrefixes, toHex } from "@fairlead/testing";
import { expect } from "chai";
import { MOST_DOUBTS } from "../../src/packet/doubt.ts";
import { TAG_LENGTH } from "../../src/packet/envelope.ts";
import {
  decodeHeartbeat,
  encodeHeartbeat,
  type Heartbeat,
  MOST_ECHOES,
  MOST_PREFIXES,
} from "../../src/packet/heartbeat.ts";
import { ENTRIES_PER_PART } from "../../src/packet/table-part.ts";
import { aHeartbeat } from "../builders.ts";

const PLAIN = aHeartbeat({
  node: "n1",
  incarnation: 0x0000_0199_0000_0001n,
  sequence: 7,
  highestEpoch: 5,
  tableVersion: 3,
  prefixes: [],
});
const NUMBERS = "0000019900000001 00000007 00000005 00000003";
const COUNTERS = `${NUMBERS} 0000000000000000 00`;
/** Octets of the envelope around it. */
const ENVELOPE = 8 + TAG_LENGTH;
const NAME = "02 6e31 04 65746830 02005e005401 0258";
const NO_TABLE = "00 0000 0000 00";
const IPV4_PREFIX = "04 18 c0000201";
const IPV6_PREFIX = "06 40 20010db8000000000000000000000001";

const HEARTBEATS: readonly { name: string; hex: string; heartbeat: Heartbeat }[] = [
  { name: "one with nothing to tell", hex: `00 ${COUNTERS} ${NAME} 00 ${NO_TABLE}`, heartbeat: PLAIN },
  {
    name: "one that is leaving",
    hex: `01 ${COUNTERS} ${NAME} 00 ${NO_TABLE}`,
    heartbeat: { ...PLAIN, leaving: true },
  },
  {
    name: "one that wants tables",
    hex: `02 ${COUNTERS} ${NAME} 00 ${NO_TABLE}`,
    heartbeat: { ...PLAIN, wantsTables: true },
  },
  {
    name: "one that listens",
    hex: `04 ${COUNTERS} ${NAME} 00 ${NO_TABLE}`,
    heartbeat: { ...PLAIN, listening: true },
  },
  {
    name: "one that is reluctant",
    hex: `08 ${COUNTERS} ${NAME} 00 ${NO_TABLE}`,
    heartbeat: { ...PLAIN, reluctant: true },
  },
  {
    name: "one that is held down",
    hex: `18 ${COUNTERS} ${NAME} 00 ${NO_TABLE}`,
    heartbeat: { ...PLAIN, reluctant: true, heldDown: true },
  },
  {
    name: "prefixes of both families",
    hex: `00 ${COUNTERS} ${NAME} 02 ${IPV4_PREFIX} ${IPV6_PREFIX} ${NO_TABLE}`,
    heartbeat: { ...PLAIN, prefixes: [parsePrefix("192.0.2.1/24"), parsePrefix("2001:db8::1/64")] },
  },
  {
    name: "a challenge, and those of others repeated",
    hex: `00 ${NUMBERS} 00000000000000ff 02 0000000000000001 ffffffffffffffff ${NAME} 00 ${NO_TABLE}`,
    heartbeat: { ...PLAIN, challenge: 255n, echoes: [1n, 0xffff_ffff_ffff_ffffn] },
  },
  {
    name: "doubts about addresses of both families",
    hex: `00 ${COUNTERS} ${NAME} 00 03 01 04 c0000232 02 04 c0000233 03 06 20010db8000000000000000000000050 0000 0000 00`,
    heartbeat: {
      ...PLAIN,
      doubts: [
        { address: "192.0.2.50", code: "NotSeenOnWire" },
        { address: "192.0.2.51", code: "WrongMac" },
        { address: "2001:db8::50", code: "TwoOwners" },
      ],
    },
  },
  {
    name: "an empty table",
    hex: `00 ${COUNTERS} ${NAME} 00 00 0000 0001 00`,
    heartbeat: { ...PLAIN, table: { part: 0, parts: 1, entries: [] } },
  },
  {
    name: "a part of a table of more than 10,000 addresses",
    hex: `00 ${COUNTERS} ${NAME} 00 00 0100 0101 00`,
    heartbeat: { ...PLAIN, table: { part: 256, parts: 257, entries: [] } },
  },
  {
    name: "the last part of a table",
    hex: `00 ${COUNTERS} ${NAME} 00 00 0001 0002 02
      04 01 00000005 c0000232  06 02 ffffffff 20010db8000000000000000000000050`,
    heartbeat: {
      ...PLAIN,
      table: {
        part: 1,
        parts: 2,
        entries: [
          { address: "192.0.2.50", epoch: 5, state: "owned", standing: "firm" },
          { address: "2001:db8::50", epoch: 0xffff_ffff, state: "claimed", standing: "firm" },
        ],
      },
    },
  },
  {
    name: "a table with every state and standing",
    hex: `00 ${COUNTERS} ${NAME} 00 00 0000 0001 03
      04 11 00000001 c0000201  04 22 00000001 c0000202  04 03 00000001 c0000203`,
    heartbeat: {
      ...PLAIN,
      table: {
        part: 0,
        parts: 1,
        entries: [
          { address: "192.0.2.1", epoch: 1, state: "owned", standing: "lonely" },
          { address: "192.0.2.2", epoch: 1, state: "claimed", standing: "slept" },
          { address: "192.0.2.3", epoch: 1, state: "yielding", standing: "firm" },
        ],
      },
    },
  },
  {
    name: "a name beyond ASCII",
    hex: `00 ${COUNTERS} 03 6ec3b6 04 65746830 02005e005401 0258 00 ${NO_TABLE}`,
    heartbeat: { ...PLAIN, node: "nö" },
  },
];

const entries = (hex: string) => `00 ${COUNTERS} ${NAME} 00 00 0000 0001 01 ${hex}`;
const MALFORMED: readonly { name: string; hex: string; error: string }[] = [
  {
    name: "no detection time",
    hex: `00 ${COUNTERS} ${NAME.slice(0, -4)}0000`,
    error: "detection time must be at least 1, got 0",
  },
  { name: "too many doubts", hex: `00 ${COUNTERS} ${NAME} 00 05`, error: "doubt count must be at most 4, got 5" },
  {
    name: "a doubt of no kind",
    hex: `00 ${COUNTERS} ${NAME} 00 01 04`,
    error: "doubt code must be one of 1, 2, 3, got 4",
  },
  { name: "unknown flags", hex: "20", error: "flags must be 0 to 31, got 32" },
  {
    name: "too many echoes",
    hex: `00 ${NUMBERS} 0000000000000000 65`,
    error: "echo count must be at most 100, got 101",
  },
  { name: "no name", hex: `00 ${COUNTERS} 00`, error: "name length must be 1 to 253, got 0" },
  {
    name: "a name that is too long",
    hex: `00 ${COUNTERS} fe`,
    error: "name length must be 1 to 253, got 254",
  },
  { name: "a name that is no text", hex: `00 ${COUNTERS} 01 ff`, error: "node name must be UTF-8" },
  {
    name: "too many prefixes",
    hex: `00 ${COUNTERS} ${NAME} 11`,
    error: "prefix count must be at most 14, got 17",
  },
  {
    name: "a prefix of no family",
    hex: `00 ${COUNTERS} ${NAME} 01 05`,
    error: "prefix family must be one of 4, 6, got 5",
  },
  {
    name: "a prefix longer than its address",
    hex: `00 ${COUNTERS} ${NAME} 01 04 21`,
    error: "prefix length must be 0 to 32, got 33",
  },
  {
    name: "a part of no table",
    hex: `00 ${COUNTERS} ${NAME} 00 00 0001 0000 00`,
    error: "part and entry count must be 0 without a table, got 1 and 0",
  },
  {
    name: "a part beyond the last",
    hex: `00 ${COUNTERS} ${NAME} 00 00 0002 0002 00`,
    error: "part must be below 2, got 2",
  },
  {
    name: "octets after its end",
    hex: `00 ${COUNTERS} ${NAME} 00 ${NO_TABLE} 00`,
    error: "end must be no further octets, got 1",
  },
  { name: "an entry of no family", hex: entries("07"), error: "entry family must be one of 4, 6, got 7" },
  {
    name: "an entry in no state",
    hex: entries("04 04"),
    error: "entry state must be one of 1, 2, 3, 17, 18, 19, 33, 34, 35, got 4",
  },
  { name: "an entry without an epoch", hex: entries("04 01 00000000"), error: "entry epoch must be at least 1, got 0" },
];

describe("heartbeat", () => {
  for (const { name, hex, heartbeat } of HEARTBEATS) {
    it(`encodes ${name}`, () => expect(toHex(encodeHeartbeat(heartbeat))).to.equal(toHex(fromHex(hex))));
    it(`decodes ${name}`, () => expect(decodeHeartbeat(fromHex(hex))).to.deep.equal(heartbeat));
    it(`rejects every strict prefix of ${name}`, () => {
      for (const octets of strictPrefixes(fromHex(hex))) expect(() => decodeHeartbeat(octets)).to.throw(DecodeError);
    });
  }
  for (const { name, hex, error } of MALFORMED) {
    it(`rejects ${name}`, () => expect(() => decodeHeartbeat(fromHex(hex))).to.throw(DecodeError, error));
  }

  it("fits into one frame with the longest names, all prefixes and a whole part of IPv6 addresses", () => {
    const heartbeat: Heartbeat = {
      ...PLAIN,
      node: "n".repeat(253),
      link: "l".repeat(15),
      prefixes: Array.from({ length: MOST_PREFIXES }, () => parsePrefix("2001:db8::1/64")),
      table: {
        part: 0,
        parts: 1,
        entries: Array.from({ length: ENTRIES_PER_PART }, () => ({
          address: "2001:db8::50",
          epoch: 1,
          state: "owned",
          standing: "firm",
        })),
      },
    };
    const octets = encodeHeartbeat(heartbeat);
    expect(octets.length).to.be.at.most(1_500 - ENVELOPE);
    expect(decodeHeartbeat(octets)).to.deep.equal(heartbeat);
  });

  it("fits into one frame with the longest names, all prefixes, all echoes and all doubts", () => {
    const heartbeat: Heartbeat = {
      ...PLAIN,
      node: "n".repeat(253),
      link: "l".repeat(15),
      prefixes: Array.from({ length: MOST_PREFIXES }, () => parsePrefix("2001:db8::1/64")),
      echoes: Array.from({ length: MOST_ECHOES }, (_, i) => BigInt(i)),
      doubts: Array.from({ length: MOST_DOUBTS }, () => ({ address: "2001:db8::50", code: "TwoOwners" })),
    };
    const octets = encodeHeartbeat(heartbeat);
    expect(octets.length).to.be.at.most(1_500 - ENVELOPE);
    expect(decodeHeartbeat(octets)).to.deep.equal(heartbeat);
  });

  it("survives any octets", () => fuzzCodec({ decode: decodeHeartbeat, encode: encodeHeartbeat, seeds: HEARTBEATS }));
});
