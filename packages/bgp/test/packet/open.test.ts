import { toHex } from "@fairlead/testing";
import { expect } from "chai";
import type { Capability } from "../../src/packet/capability.ts";
import { encodeMessage } from "../../src/packet/codec.ts";
import { NOTHING_NEGOTIATED } from "../../src/packet/session-traits.ts";
import { decodeOctets, messageOctets, notificationText } from "./decoding.ts";

// Version, My AS 64512, Hold Time 9, BGP Identifier 192.0.2.21.
const HEAD = "04 fc00 0009 c0000215";
const IPV4: Capability = { kind: "multiprotocol", family: { afi: 1, safi: 1 } };
const REFRESH: Capability = { kind: "routeRefresh" };
const AS: Capability = { kind: "fourOctetAs", as: 64512 };

const PARAMETERS: readonly { name: string; hex: string; capabilities: readonly Capability[]; ours?: true }[] = [
  { name: "no parameters", hex: "00", capabilities: [], ours: true },
  {
    name: "all capabilities in one parameter",
    hex: "10 02 0e 0104 0001 00 01 0200 4104 0000fc00",
    capabilities: [IPV4, REFRESH, AS],
    ours: true,
  },
  {
    name: "a parameter for each capability",
    hex: "14 02 06 0104 0001 00 01 02 02 0200 02 06 4104 0000fc00",
    capabilities: [IPV4, REFRESH, AS],
  },
  { name: "a parameter without capabilities", hex: "06 02 00 02 02 0200", capabilities: [REFRESH] },
  { name: "a capability twice", hex: "06 02 04 0200 0200", capabilities: [REFRESH, REFRESH], ours: true },
  {
    name: "an unknown capability",
    hex: "07 02 05 4b03 616263",
    capabilities: [{ kind: "unknown", code: 75, value: Uint8Array.of(97, 98, 99) }],
    ours: true,
  },
  { name: "extended messages", hex: "04 02 02 0600", capabilities: [{ kind: "extendedMessage" }], ours: true },
  {
    name: "graceful restart",
    hex: "0e 02 0c 400a c078 0001 01 80 0002 01 00",
    capabilities: [
      {
        kind: "gracefulRestart",
        restarting: true,
        notification: true,
        restartTimeSeconds: 120,
        families: [
          { family: { afi: 1, safi: 1 }, forwarding: true },
          { family: { afi: 2, safi: 1 }, forwarding: false },
        ],
      },
    ],
    ours: true,
  },
  {
    name: "IPv6 next hops of IPv4 routes",
    hex: "0a 02 08 0506 0001 0001 0002",
    capabilities: [{ kind: "extendedNextHop", encodings: [{ family: { afi: 1, safi: 1 }, nextHopAfi: 2 }] }],
    ours: true,
  },
  { name: "the extended form", hex: "ff ff 0005 02 0002 0200", capabilities: [REFRESH] },
  { name: "the extended form behind another length", hex: "09 ff 0005 02 0002 0200", capabilities: [REFRESH] },
  { name: "the extended form of two", hex: "ff ff 000a 02 0002 0200 02 0002 0200", capabilities: [REFRESH, REFRESH] },
];

const MALFORMED = [
  { name: "version 3", hex: "03 fc00 0009 c0000215 00", notification: "2/1 0004", error: "Version must be 4, got 3" },
  { name: "AS 0", hex: "04 0000 0009 c0000215 00", notification: "2/2", error: "must not be 0" },
  {
    name: "AS 0 in the capability",
    hex: `${HEAD} 08 02 06 4104 00000000`,
    notification: "2/2",
    error: "must not be 0",
  },
  {
    name: "two AS numbers",
    hex: `${HEAD} 08 02 06 4104 0000fc01`,
    notification: "2/2",
    error: "must be 23456 or the capability's 64513, got 64512",
  },
  {
    name: "Hold Time 1",
    hex: "04 fc00 0001 c0000215 00",
    notification: "2/6",
    error: "must be 0 or >= 3 seconds, got 1",
  },
  {
    name: "Hold Time 2",
    hex: "04 fc00 0002 c0000215 00",
    notification: "2/6",
    error: "must be 0 or >= 3 seconds, got 2",
  },
  { name: "identifier 0", hex: "04 fc00 0009 00000000 00", notification: "2/3", error: "BGP Identifier must not be 0" },
  {
    name: "another parameter",
    hex: `${HEAD} 04 01 02 6162`,
    notification: "2/4",
    error: "parameter type must be 2, got 1",
  },
  {
    name: "parameters that are cut off",
    hex: `${HEAD} 04 02 02 06`,
    notification: "2/0",
    error: "must be 4 octets, got 3",
  },
  {
    name: "octets after the parameters",
    hex: `${HEAD} 04 02 02 0600 00`,
    notification: "2/0",
    error: "no further octets",
  },
  { name: "octets after no parameters", hex: `${HEAD} 00 00`, notification: "2/0", error: "no further octets" },
  { name: "a parameter beyond the end", hex: `${HEAD} 04 02 20 0600`, notification: "2/0", error: "32 octets, got 2" },
  {
    name: "a capability beyond its parameter",
    hex: `${HEAD} 04 02 02 4104`,
    notification: "2/0",
    error: "4 octets, got 0",
  },
  { name: "a short AS number", hex: `${HEAD} 06 02 04 4102 fc00`, notification: "2/0", error: "4 octets, got 2" },
  {
    name: "a long AS number",
    hex: `${HEAD} 09 02 07 4105 0000fc00 00`,
    notification: "2/0",
    error: "no further octets",
  },
  { name: "half a family", hex: `${HEAD} 06 02 04 0102 0001`, notification: "2/0", error: "1 octets, got 0" },
  {
    name: "a route refresh with a value",
    hex: `${HEAD} 05 02 03 0201 00`,
    notification: "2/0",
    error: "no further octets",
  },
  { name: "half an extended length", hex: `${HEAD} ff ff 00`, notification: "2/0", error: "2 octets, got 1" },
];

describe("an OPEN", () => {
  for (const { name, hex, capabilities, ours } of PARAMETERS) {
    const octets = messageOctets(1, `${HEAD} ${hex}`);
    const open = { kind: "open", as: 64512, holdTimeSeconds: 9, routerId: 0xc0000215, capabilities } as const;
    it(`with ${name} decodes`, () => {
      expect(decodeOctets(octets)).to.deep.equal({ kind: "message", message: open, faults: [] });
    });
    if (ours) {
      it(`with ${name} is encoded`, () => {
        expect(toHex(encodeMessage(open, NOTHING_NEGOTIATED))).to.equal(toHex(octets));
      });
    }
  }

  for (const { name, hex, notification, error } of MALFORMED) {
    it(`is refused for ${name}`, () => {
      const fault = decodeOctets(messageOctets(1, hex));
      if (fault.kind !== "error") throw new Error("it was taken");
      expect(notificationText(fault)).to.equal(notification);
      expect(fault.reason).to.include(error);
    });
  }

  for (const routerId of [7, 0xe0000005, 0xffffffff]) {
    it(`may have ${routerId} as its identifier`, () => {
      const open = { kind: "open", as: 1, holdTimeSeconds: 0, routerId, capabilities: [] } as const;
      expect(decodeOctets(encodeMessage(open, NOTHING_NEGOTIATED))).to.include({ kind: "message" });
    });
  }

  it("is not encoded with a capability that is too long", () => {
    const capabilities: Capability[] = [{ kind: "unknown", code: 75, value: new Uint8Array(256) }];
    const open = { kind: "open", as: 1, holdTimeSeconds: 0, routerId: 1, capabilities } as const;
    expect(() => encodeMessage(open, NOTHING_NEGOTIATED)).to.throw(RangeError, "up to 255 octets, got 256");
  });

  it("is not encoded with more capabilities than one parameter has", () => {
    const capabilities = Array.from({ length: 127 }, () => REFRESH);
    const open = { kind: "open", as: 1, holdTimeSeconds: 0, routerId: 1, capabilities } as const;
    expect(() => encodeMessage(open, NOTHING_NEGOTIATED)).to.throw(RangeError, "must fit into 253 octets, got 254");
  });
});
