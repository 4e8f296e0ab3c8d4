import { DecodeError, parseAddress } from "@fairlead/net";
import { fromHex, fuzzCodec, strictPrefixes, toHex } from "@fairlead/testing";
import { expect } from "chai";
import {
  ARP_OPERATIONS,
  type ArpPacket,
  arpProbe,
  arpRequest,
  decodeArp,
  encodeArp,
  gratuitousReply,
  gratuitousRequest,
} from "../../src/packet/arp.ts";

const NODE = { mac: "02:00:5e:00:53:01", ip: parseAddress("192.0.2.1") };
const CLIENT = { mac: "02:00:5e:00:53:02", ip: parseAddress("192.0.2.2") };
const NO_MAC = "00:00:00:00:00:00";

const PACKETS: readonly { name: string; hex: string; packet: ArpPacket }[] = [
  {
    name: "a request that Linux sent (captured)",
    hex: "0001 0800 06 04 0001 02005e005302 c0000202 000000000000 c0000201",
    packet: { operation: "request", sender: CLIENT, target: { ...NODE, mac: NO_MAC } },
  },
  {
    name: "the reply that Linux gave (captured)",
    hex: "0001 0800 06 04 0002 02005e005301 c0000201 02005e005302 c0000202",
    packet: { operation: "reply", sender: NODE, target: CLIENT },
  },
];

const MALFORMED = [
  { name: "another hardware type", hex: "0006 0800 06 04 0001", error: "hardware type must be 1, got 6" },
  { name: "another protocol", hex: "0001 86dd 06 04 0001", error: "protocol type must be 2048, got 34525" },
  { name: "a longer hardware address", hex: "0001 0800 08 04 0001", error: "hardware length must be 6, got 8" },
  { name: "a longer protocol address", hex: "0001 0800 06 10 0001", error: "protocol length must be 4, got 16" },
  { name: "a reverse request", hex: "0001 0800 06 04 0003", error: "operation must be one of 1, 2, got 3" },
  { name: "operation 0", hex: "0001 0800 06 04 0000", error: "operation must be one of 1, 2, got 0" },
];

const FORMS = [
  {
    name: "a request",
    frame: arpRequest(NODE, CLIENT.ip),
    hex: "0001 0800 06 04 0001 02005e005301 c0000201 000000000000 c0000202",
  },
  {
    name: "a probe (sender address 0.0.0.0)",
    frame: arpProbe(NODE.mac, CLIENT.ip),
    hex: "0001 0800 06 04 0001 02005e005301 00000000 000000000000 c0000202",
  },
  {
    name: "a gratuitous request",
    frame: gratuitousRequest(NODE),
    hex: "0001 0800 06 04 0001 02005e005301 c0000201 000000000000 c0000201",
  },
  {
    name: "a gratuitous reply",
    frame: gratuitousReply(NODE),
    hex: "0001 0800 06 04 0002 02005e005301 c0000201 02005e005301 c0000201",
  },
];

describe("ARP packet", () => {
  for (const { name, hex, packet } of PACKETS) {
    it(`encodes ${name}`, () => expect(toHex(encodeArp(packet))).to.equal(hex.replaceAll(" ", "")));
    it(`decodes ${name}`, () => expect(decodeArp(fromHex(hex))).to.deep.equal(packet));
    it(`decodes ${name} with padding`, () => expect(decodeArp(fromHex(hex + "00".repeat(18)))).to.deep.equal(packet));
    it(`rejects every prefix of ${name}`, () => {
      for (const prefix of strictPrefixes(fromHex(hex))) expect(() => decodeArp(prefix)).to.throw(DecodeError);
    });
  }
  for (const { name, hex, error } of MALFORMED) {
    it(`rejects ${name}`, () => expect(() => decodeArp(fromHex(hex))).to.throw(DecodeError, error));
  }
  for (const { name, frame, hex } of FORMS) {
    it(`broadcasts ${name}`, () => {
      expect(frame).to.include({ destination: "ff:ff:ff:ff:ff:ff", source: NODE.mac, etherType: 0x0806 });
      expect(toHex(frame.payload)).to.equal(hex.replaceAll(" ", ""));
    });
  }
  it("has a row for every operation", () =>
    expect(new Set(PACKETS.map((row) => row.packet.operation))).to.deep.equal(new Set(ARP_OPERATIONS.values())));
  it("survives any octets", () => fuzzCodec({ decode: decodeArp, encode: encodeArp, seeds: PACKETS }));
});
