import { formatPrefix } from "@fairlead/net";
import { fromHex } from "@fairlead/testing";
import { expect } from "chai";
import type { UpdateMessage } from "../../src/packet/message.ts";
import type { SessionTraits } from "../../src/packet/session-traits.ts";
import { decodeOctets, EXTERNAL, messageOctets, notificationText } from "./decoding.ts";

const INTERNAL = { ...EXTERNAL, internal: true };
const TWO_OCTETS = { ...EXTERNAL, fourOctetAs: false };
const WITHOUT_8950 = { ...EXTERNAL, extendedNextHop: false };
const IPV4_ALONE = { ...EXTERNAL, families: [4] } as const;

const ORIGIN = "40 01 01 00";
const PATH = "40 02 06 02 01 0000fc00";
const PATH_OF_TWO_OCTETS = "40 02 04 02 01 fc00";
const NEXT_HOP = "40 03 04 c0000215";
const USUAL = `${ORIGIN} ${PATH} ${NEXT_HOP}`;
const NLRI = "20 c63364c8";
const IPV6 = "80 20010db8 00090000 00000000 00000200";
const GLOBAL = "fd0000b9 00000000 00000000 00000021";

/** An attribute of these flags and type (in hex), with the octets of `value`. */
function attribute(flagsAndType: string, value: string): string {
  return `${flagsAndType} ${fromHex(value).length.toString(16).padStart(2, "0")} ${value}`;
}

function update(attributes: string, nlri = NLRI, withdrawn = ""): Uint8Array {
  const field = (hex: string): string => fromHex(hex).length.toString(16).padStart(4, "0") + hex;
  return messageOctets(2, field(withdrawn) + field(attributes) + nlri);
}

const mpReach = (family: string, nextHop: string, nlri = IPV6): string => {
  return attribute("80 0e", `${family} ${fromHex(nextHop).length.toString(16).padStart(2, "0")} ${nextHop} 00 ${nlri}`);
};

/** With the usual attributes and an IPv4 route, what becomes of one more attribute, or of one in place of a usual one. */
const ATTRIBUTES: readonly { of: string; hex: string; action?: string; traits?: SessionTraits }[] = [
  { of: "3 c: ORIGIN said to be optional", hex: `c0 01 01 00 ${PATH} ${NEXT_HOP}`, action: "treatAsWithdraw" },
  {
    of: "3 c: MULTI_EXIT_DISC said to be well-known",
    hex: `${USUAL} ${attribute("40 04", "00000001")}`,
    action: "treatAsWithdraw",
  },
  {
    of: "3 c: COMMUNITIES said to be non-transitive",
    hex: `${USUAL} ${attribute("80 08", "fc000001")}`,
    action: "treatAsWithdraw",
  },
  { of: "3 d: no ORIGIN", hex: `${PATH} ${NEXT_HOP}`, action: "treatAsWithdraw" },
  { of: "3 d: no AS_PATH", hex: `${ORIGIN} ${NEXT_HOP}`, action: "treatAsWithdraw" },
  { of: "3 d: no NEXT_HOP", hex: `${ORIGIN} ${PATH}`, action: "treatAsWithdraw" },
  { of: "3 g: a second ORIGIN", hex: `${USUAL} ${ORIGIN}`, action: "attributeDiscard" },
  { of: "3 g: an unknown attribute twice", hex: `${USUAL} c0 63 00 c0 63 00`, action: "attributeDiscard" },
  {
    of: "3 h: two faults, the stronger counts",
    hex: `${ORIGIN} ${ORIGIN} ${PATH}`,
    action: "attributeDiscard treatAsWithdraw",
  },
  { of: "4: a value beyond the end", hex: `${USUAL} c0 08 c8 fc000001`, action: "treatAsWithdraw" },
  { of: "4: half a header", hex: `${USUAL} c0 08`, action: "treatAsWithdraw" },
  { of: "4: half an extended length", hex: `${USUAL} d0 08 00`, action: "treatAsWithdraw" },
  { of: "4: an attribute without octets", hex: `${USUAL} ${attribute("80 04", "")}`, action: "treatAsWithdraw" },
  { of: "7.1: ORIGIN 3", hex: `40 01 01 03 ${PATH} ${NEXT_HOP}`, action: "treatAsWithdraw" },
  { of: "7.1: ORIGIN of two octets", hex: `40 01 02 0000 ${PATH} ${NEXT_HOP}`, action: "treatAsWithdraw" },
  {
    of: "7.2: a segment of an unknown kind",
    hex: `${ORIGIN} ${attribute("40 02", "05 01 0000fc00")} ${NEXT_HOP}`,
    action: "treatAsWithdraw",
  },
  {
    of: "7.2: a confederation's segment",
    hex: `${ORIGIN} ${attribute("40 02", "03 01 0000fc00")} ${NEXT_HOP}`,
    action: "treatAsWithdraw",
  },
  {
    of: "7.2: a segment beyond the end",
    hex: `${ORIGIN} ${attribute("40 02", "02 02 0000fc00")} ${NEXT_HOP}`,
    action: "treatAsWithdraw",
  },
  {
    of: "7.2: one octet left",
    hex: `${ORIGIN} ${attribute("40 02", "02 01 0000fc00 02")} ${NEXT_HOP}`,
    action: "treatAsWithdraw",
  },
  {
    of: "7.2: a segment of nothing",
    hex: `${ORIGIN} ${attribute("40 02", "02 00")} ${NEXT_HOP}`,
    action: "treatAsWithdraw",
  },
  { of: "7.2: an empty path is none of these", hex: `${ORIGIN} 40 02 00 ${NEXT_HOP}` },
  { of: "7.2: AS numbers of the wrong size", hex: USUAL, action: "treatAsWithdraw", traits: TWO_OCTETS },
  {
    of: "RFC 7607: AS 0 in the path",
    hex: `${ORIGIN} ${attribute("40 02", "02 01 00000000")} ${NEXT_HOP}`,
    action: "treatAsWithdraw",
  },
  {
    of: "7.3: NEXT_HOP of five octets",
    hex: `${ORIGIN} ${PATH} ${attribute("40 03", "c000021500")}`,
    action: "treatAsWithdraw",
  },
  {
    of: "RFC 4271 6.3: NEXT_HOP 0.0.0.0",
    hex: `${ORIGIN} ${PATH} ${attribute("40 03", "00000000")}`,
    action: "treatAsWithdraw",
  },
  {
    of: "RFC 4271 6.3: a multicast NEXT_HOP",
    hex: `${ORIGIN} ${PATH} ${attribute("40 03", "e0000001")}`,
    action: "treatAsWithdraw",
  },
  {
    of: "7.4: MULTI_EXIT_DISC of three octets",
    hex: `${USUAL} ${attribute("80 04", "000001")}`,
    action: "treatAsWithdraw",
  },
  {
    of: "7.5: LOCAL_PREF of another AS",
    hex: `${USUAL} ${attribute("40 05", "000000c8")}`,
    action: "attributeDiscard",
  },
  {
    of: "7.5: LOCAL_PREF of three octets of another AS",
    hex: `${USUAL} ${attribute("40 05", "0000c8")}`,
    action: "attributeDiscard",
  },
  { of: "7.5: LOCAL_PREF of the same AS", hex: `${USUAL} ${attribute("40 05", "000000c8")}`, traits: INTERNAL },
  {
    of: "7.5: LOCAL_PREF of three octets",
    hex: `${USUAL} ${attribute("40 05", "0000c8")}`,
    action: "treatAsWithdraw",
    traits: INTERNAL,
  },
  { of: "7.6: ATOMIC_AGGREGATE with a value", hex: `${USUAL} ${attribute("40 06", "00")}`, action: "attributeDiscard" },
  { of: "7.6: ATOMIC_AGGREGATE", hex: `${USUAL} 40 06 00` },
  {
    of: "7.7: AGGREGATOR of six octets",
    hex: `${USUAL} ${attribute("c0 07", "fc00 c0000215")}`,
    action: "attributeDiscard",
  },
  { of: "7.7: AGGREGATOR of eight octets", hex: `${USUAL} ${attribute("c0 07", "0000fc00 c0000215")}` },
  {
    of: "RFC 7607: AGGREGATOR of AS 0",
    hex: `${USUAL} ${attribute("c0 07", "00000000 c0000215")}`,
    action: "attributeDiscard",
  },
  {
    of: "7.8: COMMUNITIES of five octets",
    hex: `${USUAL} ${attribute("c0 08", "fc00000100")}`,
    action: "treatAsWithdraw",
  },
  { of: "7.8: no COMMUNITIES", hex: `${USUAL} ${attribute("c0 08", "")}`, action: "treatAsWithdraw" },
  { of: "7.8: COMMUNITIES with the Partial flag", hex: `${USUAL} ${attribute("e0 08", "fc000001")}` },
  {
    of: "7.9: ORIGINATOR_ID of another AS",
    hex: `${USUAL} ${attribute("80 09", "01020304")}`,
    action: "attributeDiscard",
  },
  {
    of: "7.9: ORIGINATOR_ID of three octets",
    hex: `${USUAL} ${attribute("80 09", "010203")}`,
    action: "treatAsWithdraw",
    traits: INTERNAL,
  },
  { of: "7.9: ORIGINATOR_ID of the same AS", hex: `${USUAL} ${attribute("80 09", "01020304")}`, traits: INTERNAL },
  {
    of: "7.10: CLUSTER_LIST of another AS",
    hex: `${USUAL} ${attribute("80 0a", "01020304")}`,
    action: "attributeDiscard",
  },
  {
    of: "7.10: no CLUSTER_LIST",
    hex: `${USUAL} ${attribute("80 0a", "")}`,
    action: "treatAsWithdraw",
    traits: INTERNAL,
  },
  {
    of: "7.10: CLUSTER_LIST of the same AS",
    hex: `${USUAL} ${attribute("80 0a", "0102030405060708")}`,
    traits: INTERNAL,
  },
  {
    of: "7.14: EXTENDED COMMUNITIES of seven octets",
    hex: `${USUAL} ${attribute("c0 10", "00000000000000")}`,
    action: "treatAsWithdraw",
  },
  { of: "7.14: no EXTENDED COMMUNITIES", hex: `${USUAL} ${attribute("c0 10", "")}`, action: "treatAsWithdraw" },
  {
    of: "RFC 8092 6: LARGE_COMMUNITY of eleven octets",
    hex: `${USUAL} ${attribute("c0 20", "00".repeat(11))}`,
    action: "treatAsWithdraw",
  },
  { of: "RFC 8092 6: no LARGE_COMMUNITY", hex: `${USUAL} ${attribute("c0 20", "")}`, action: "treatAsWithdraw" },
  {
    of: "RFC 6793 6: AS4_PATH of a peer with four octets",
    hex: `${USUAL} ${attribute("c0 11", "02 01 0000fc00")}`,
    action: "attributeDiscard",
  },
  {
    of: "RFC 6793 6: AS4_PATH of a peer with two",
    hex: `${ORIGIN} ${PATH_OF_TWO_OCTETS} ${NEXT_HOP} ${attribute("c0 11", "02 01 fa56ea01")}`,
    traits: TWO_OCTETS,
  },
  {
    of: "RFC 6793 6: a malformed AS4_PATH",
    hex: `${ORIGIN} ${PATH_OF_TWO_OCTETS} ${NEXT_HOP} ${attribute("c0 11", "02 01 fa56")}`,
    action: "attributeDiscard",
    traits: TWO_OCTETS,
  },
  {
    of: "RFC 6793 6: AS4_AGGREGATOR of six octets",
    hex: `${ORIGIN} ${PATH_OF_TWO_OCTETS} ${NEXT_HOP} ${attribute("c0 12", "fc00 c0000215")}`,
    action: "attributeDiscard",
    traits: TWO_OCTETS,
  },
  { of: "an unknown attribute that is optional", hex: `${USUAL} ${attribute("c0 63", "0102")}` },
  {
    of: "an unknown attribute that is said to be well-known",
    hex: `${USUAL} ${attribute("40 63", "0102")}`,
    action: "treatAsWithdraw",
  },
];

/** What becomes of UPDATEs with MP_REACH_NLRI or MP_UNREACH_NLRI and no IPv4 route. */
const MP: readonly { of: string; hex: string; result: string; traits?: SessionTraits }[] = [
  {
    of: "3 c: MP_REACH_NLRI said to be transitive",
    hex: `${ORIGIN} ${PATH} ${mpReach("0002 01", GLOBAL).replace("80 0e", "c0 0e")}`,
    result: "-2001:db8:9::200/128 treatAsWithdraw",
  },
  {
    of: "3 d: no AS_PATH",
    hex: `${ORIGIN} ${mpReach("0002 01", GLOBAL)}`,
    result: "-2001:db8:9::200/128 treatAsWithdraw",
  },
  {
    of: "5.3: a prefix of 129 bits",
    hex: `${ORIGIN} ${PATH} ${mpReach("0002 01", GLOBAL, `81 ${"00".repeat(17)}`)}`,
    result: "disableFamily",
  },
  {
    of: "5.3: half a prefix",
    hex: `${ORIGIN} ${PATH} ${mpReach("0002 01", GLOBAL, "80 2001")}`,
    result: "disableFamily",
  },
  { of: "5.3: half a withdrawn prefix", hex: attribute("80 0f", "0002 01 80 2001"), result: "disableFamily" },
  {
    of: "7.11: a next hop of 17 octets",
    hex: `${ORIGIN} ${PATH} ${mpReach("0002 01", `${GLOBAL}00`)}`,
    result: "disableFamily",
  },
  {
    of: "7.11: an IPv4 next hop of an IPv6 route",
    hex: `${ORIGIN} ${PATH} ${mpReach("0002 01", "c0000215")}`,
    result: "disableFamily",
  },
  {
    of: "7.11: a next hop beyond the end",
    hex: `${ORIGIN} ${PATH} ${attribute("80 0e", "0002 01 20 fd0000b9")}`,
    result: "disableFamily",
  },
  {
    of: "RFC 4271 6.3: a multicast next hop",
    hex: `${ORIGIN} ${PATH} ${mpReach("0002 01", `ff02${"00".repeat(14)}`)}`,
    result: "-2001:db8:9::200/128 treatAsWithdraw",
  },
  {
    of: "RFC 4271 6.3: the next hop ::",
    hex: `${ORIGIN} ${PATH} ${mpReach("0002 01", "00".repeat(16))}`,
    result: "-2001:db8:9::200/128 treatAsWithdraw",
  },
  {
    of: "RFC 8950: an IPv6 next hop of an IPv4 route",
    hex: `${ORIGIN} ${PATH} ${mpReach("0001 01", GLOBAL, NLRI)}`,
    result: "+198.51.100.200/32",
  },
  {
    of: "RFC 8950: the same, not negotiated",
    hex: `${ORIGIN} ${PATH} ${mpReach("0001 01", GLOBAL, NLRI)}`,
    result: "-198.51.100.200/32 treatAsWithdraw",
    traits: WITHOUT_8950,
  },
  {
    of: "RFC 4760 8: a family that was not negotiated",
    hex: `${ORIGIN} ${PATH} ${mpReach("0002 01", GLOBAL)}`,
    result: "attributeDiscard",
    traits: IPV4_ALONE,
  },
  {
    of: "5.2: a malformed attribute, and routes of a family that was not negotiated",
    hex: `40 01 01 07 ${PATH} ${mpReach("0002 01", GLOBAL)}`,
    result: "treatAsWithdraw attributeDiscard",
    traits: IPV4_ALONE,
  },
  {
    of: "RFC 4760 8: a family that Fairlead has not",
    hex: `${ORIGIN} ${PATH} ${mpReach("0001 80", "c0000215", "ff")}`,
    result: "attributeDiscard",
  },
  {
    of: "routes of one family announced and of the same withdrawn",
    hex: `${ORIGIN} ${mpReach("0002 01", GLOBAL)} ${attribute("80 0f", "0002 01 20 20010db8")}`,
    result: "-2001:db8:9::200/128 -2001:db8::/32 treatAsWithdraw",
  },
];

const RESETS: readonly { of: string; octets: Uint8Array; notification: string }[] = [
  { of: "3 b: withdrawn routes beyond the end", octets: messageOctets(2, "0005 20"), notification: "1/2 0016" },
  {
    of: "3 b: withdrawn routes beyond the end of a longer one",
    octets: messageOctets(2, "0005 20 0000"),
    notification: "3/1",
  },
  { of: "3 b: attributes beyond the end", octets: messageOctets(2, "0000 0005 40"), notification: "3/1" },
  {
    of: "3 g: MP_REACH_NLRI twice",
    octets: update(`${ORIGIN} ${PATH} ${mpReach("0002 01", GLOBAL)} ${mpReach("0002 01", GLOBAL)}`, ""),
    notification: "3/1",
  },
  { of: "3 g: MP_UNREACH_NLRI twice", octets: update("80 0f 03 0002 01 80 0f 03 0002 01", ""), notification: "3/1" },
  { of: "3 i: a withdrawn prefix of 33 bits", octets: update("", "", "21 0000000000"), notification: "3/10" },
  { of: "3 j: a prefix of 33 bits", octets: update(USUAL, "21 0000000000"), notification: "3/10" },
  { of: "3 j: half a prefix", octets: update(USUAL, "20 c633"), notification: "3/10" },
  {
    of: "5.2: a malformed attribute, and no route announced",
    octets: update(`${ORIGIN} 40 02 01 02 ${NEXT_HOP}`, ""),
    notification: "3/1",
  },
  { of: "5.2: the same with routes withdrawn", octets: update("40 01 01 07", "", NLRI), notification: "3/1" },
  {
    of: "7.11: MP_REACH_NLRI without a family",
    octets: update(`${USUAL} ${attribute("80 0e", "0002")}`),
    notification: "3/9",
  },
  { of: "7.12: MP_UNREACH_NLRI without a family", octets: update(attribute("80 0f", "0002"), ""), notification: "3/9" },
];

function become(octets: Uint8Array, traits: SessionTraits | undefined): string {
  const decoded = decodeOctets(octets, traits);
  if (decoded.kind === "error") return notificationText(decoded);
  if (decoded.message.kind !== "update") throw new Error(`must be an UPDATE, got ${decoded.message.kind}`);
  return [...routesOf(decoded.message), ...decoded.faults.map(({ action }) => action)].join(" ");
}

function routesOf({ withdrawnRoutes, attributes, nlri }: UpdateMessage): string[] {
  const announced = attributes.flatMap((a) => (a.kind === "mpReach" ? a.nlri : []));
  const withdrawn = attributes.flatMap((a) => (a.kind === "mpUnreach" ? a.withdrawn : []));
  return [
    ...[...nlri, ...announced].map((prefix) => `+${formatPrefix(prefix)}`),
    ...[...withdrawnRoutes, ...withdrawn].map((prefix) => `-${formatPrefix(prefix)}`),
  ];
}

describe("RFC 7606", () => {
  for (const { of, hex, action, traits } of ATTRIBUTES) {
    const withdrawn = action?.includes("treatAsWithdraw") ?? false;
    it(`${of}: ${action ?? "no fault"}`, () => {
      const wanted = [
        withdrawn ? "-198.51.100.200/32" : "+198.51.100.200/32",
        ...(action === undefined ? [] : [action]),
      ];
      expect(become(update(hex), traits)).to.equal(wanted.join(" "));
    });
  }
  for (const { of, hex, result, traits } of MP) {
    it(`${of}: ${result}`, () => expect(become(update(hex, ""), traits)).to.equal(result));
  }
  for (const { of, octets, notification } of RESETS) {
    it(`${of}: session reset, ${notification}`, () => expect(become(octets, undefined)).to.equal(notification));
  }
});
