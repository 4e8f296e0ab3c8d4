import { DecodeError } from "@fairlead/net";
import { fromHex, fuzzCodec, toHex } from "@fairlead/testing";
import { expect } from "chai";
import {
  decodeProxyDelay,
  encodeProxyDelay,
  type ProxyDelay,
  proxyDelayDumpRequest,
  setProxyDelay,
} from "../../src/packet/neighbor-table.ts";
import { decodeNetlink, encodeNetlink, NLM_F } from "../../src/packet/netlink.ts";

const HEADER = "00000000 00000000";
const NAME = "1000 0100 6e646973635f636163686500";

const DELAYS: readonly { name: string; hex: string; delay: ProxyDelay }[] = [
  {
    name: "a link",
    hex: `3c000000 4000 0000 ${HEADER} 0a000000 ${NAME} 1800 0680 0800 0100 02000000 0c00 0d00 2003000000000000`,
    delay: { index: 2, millis: 800 },
  },
  {
    name: "new links",
    hex: `34000000 4000 0000 ${HEADER} 0a000000 ${NAME} 1000 0680 0c00 0d00 0000000000000000`,
    delay: { index: undefined, millis: 0 },
  },
];

// What Linux 6.18 tells of a link, up to the delay: the parameters are not marked as nested.
const CAPTURED = `0a000000 ${NAME} b800 0600 0800 0100 03000000 0800 0200 01000000 0800 1000 00400300 0800 0800 65000000
  0800 0e00 40000000 0800 0900 00000000 0800 0a00 03000000 0800 0b00 03000000 0800 1100 00000000
  0c00 0300 64ae000000000000 0c00 0400 3075000000000000 0c00 0600 60ea000000000000 0c00 0700 8813000000000000
  0c00 0500 e803000000000000 0c00 0c00 e803000000000000 0c00 0d00 2003000000000000 0c00 0f00 0000000000000000
  0c00 1300 8813000000000000`.replaceAll(/\s/g, "");

const OTHERS = [
  { name: "a table without parameters", hex: `0a000000 ${NAME}`, type: 64 },
  { name: "parameters without a delay", hex: "0a000000 0c00 0600 0800 0100 02000000", type: 64 },
  { name: "the table of ARP", hex: `02000000${CAPTURED.slice(8)}`, type: 64 },
  { name: "another message", hex: CAPTURED, type: 16 },
];

const message = (hex: string, type = 64) => ({ type, flags: 0, sequence: 0, port: 0, payload: fromHex(hex) });

describe("proxy delay", () => {
  for (const { name, hex, delay } of DELAYS) {
    it(`encodes that of ${name}`, () =>
      expect(toHex(encodeNetlink([encodeProxyDelay(delay)]))).to.equal(hex.replaceAll(" ", "")));
    it(`decodes that of ${name}`, () =>
      expect(decodeNetlink(fromHex(hex)).map(decodeProxyDelay)).to.deep.equal([delay]));
    it(`asks for that of ${name} to be set, and for an acknowledgement`, () =>
      expect(setProxyDelay(delay, 7)).to.deep.equal({
        ...encodeProxyDelay(delay),
        type: 67,
        flags: NLM_F.request | NLM_F.ack,
        sequence: 7,
      }));
  }
  it("decodes what Linux tells (captured)", () =>
    expect(decodeProxyDelay(message(CAPTURED))).to.deep.equal({ index: 3, millis: 800 }));
  for (const { name, hex, type } of OTHERS) {
    it(`finds none in ${name}`, () => expect(decodeProxyDelay(message(hex, type))).to.equal(undefined));
  }
  it("rejects an attribute that is cut off", () =>
    expect(() => decodeProxyDelay(message("0a000000 1800 0680 0800"))).to.throw(DecodeError));
  it("asks for all of IPv6", () =>
    expect(toHex(encodeNetlink([proxyDelayDumpRequest(1)]))).to.equal("140000004200010301000000000000000a000000"));
  it("survives any octets", () => {
    const decode = (octets: Uint8Array) => decodeProxyDelay({ ...message(""), payload: octets });
    const encode = (delay: ProxyDelay | undefined) =>
      delay === undefined ? new Uint8Array() : encodeProxyDelay(delay).payload;
    fuzzCodec({ decode, encode, seeds: [{ hex: CAPTURED }] });
  });
});
