import { formatAddress, formatPrefix, type Prefix } from "@fairlead/net";
import { toHex } from "@fairlead/testing";
import type { AsSegment, LargeCommunity, NextHop, PathAttribute } from "../../src/packet/attribute.ts";
import type { Capability } from "../../src/packet/capability.ts";
import type { Message, UpdateMessage } from "../../src/packet/message.ts";

const WELL_KNOWN = new Map([
  [0xffffff01, "NO_EXPORT"],
  [0xffff0000, "GRACEFUL_SHUTDOWN"],
]);
const afi = (value: number): string => (value === 1 ? "IPv4" : "IPv6");
const prefixes = (all: readonly Prefix[]): string[] => all.map(formatPrefix);

/** A decoded message in the words of tshark, as far as captures.ts has them. */
export function tsharkWords(message: Message): string {
  switch (message.kind) {
    case "open": {
      const id = formatAddress({ family: 4, value: BigInt(message.routerId) });
      const head = [`My AS: ${message.as}`, `Hold Time: ${message.holdTimeSeconds}`, `BGP Identifier: ${id}`];
      return [...head, ...message.capabilities.flatMap(capabilityWords)].join("; ");
    }
    case "update":
      return updateWords(message).join("; ");
    case "notification":
      return `${message.code}/${message.subcode} ${toHex(message.data)}`.trim();
    case "keepalive":
      return "";
    case "routeRefresh":
      return `AFI: ${afi(message.family.afi)}; Subtype: ${message.subtype}`;
  }
}

function capabilityWords(capability: Capability): string[] {
  switch (capability.kind) {
    case "multiprotocol":
      return ["cap Multiprotocol extensions", `AFI: ${afi(capability.family.afi)}`];
    case "routeRefresh":
      return ["cap Route refresh"];
    case "extendedNextHop":
      return [
        "cap Extended Next Hop Encoding",
        ...capability.encodings.flatMap(({ family, nextHopAfi }) => {
          return [`AFI: ${afi(family.afi)}`, `Next hop AFI: ${afi(nextHopAfi)}`];
        }),
      ];
    case "extendedMessage":
      return ["cap BGP-Extended Message"];
    case "gracefulRestart": {
      const { restarting, notification, restartTimeSeconds, families } = capability;
      const bits = (restarting ? 0x8000 : 0) + (notification ? 0x4000 : 0) + restartTimeSeconds;
      const flags = [...(restarting ? ["Restart state"] : []), ...(notification ? ["Graceful notification"] : [])];
      const timers = [`Restart Timers: 0x${bits.toString(16).padStart(4, "0")}`, ...flags].join(", ");
      return ["cap Graceful Restart", timers, ...families.map(({ family }) => `AFI: ${afi(family.afi)}`)];
    }
    case "fourOctetAs":
      return ["cap Support for 4-octet AS number"];
    case "unknown":
      return [];
  }
}

function updateWords({ withdrawnRoutes, attributes, nlri }: UpdateMessage): string[] {
  return [
    ...(withdrawnRoutes.length > 0 ? ["Withdrawn Routes", ...prefixes(withdrawnRoutes)] : []),
    ...attributes.flatMap(attributeWords),
    ...(nlri.length > 0 ? ["NLRI", ...prefixes(nlri)] : []),
  ];
}

function attributeWords(attribute: PathAttribute): string[] {
  switch (attribute.kind) {
    case "origin":
      return [`ORIGIN: ${attribute.origin.toUpperCase()}`];
    case "asPath":
      return [`AS_PATH: ${pathWords(attribute.segments)}`];
    case "nextHop":
      return [`NEXT_HOP: ${formatAddress(attribute.address)}`];
    case "multiExitDisc":
      return [`MULTI_EXIT_DISC: ${attribute.metric}`];
    case "localPref":
      return [`LOCAL_PREF: ${attribute.preference}`];
    case "communities":
      return [`COMMUNITIES: ${attribute.communities.map(communityWords).join(" ")}`];
    case "largeCommunities":
      return [`LARGE_COMMUNITY: ${attribute.communities.map(largeCommunityWords).join(" ")}`];
    case "as4Path":
      return [`AS4_PATH: ${pathWords(attribute.segments)}`];
    case "mpReach": {
      const head = ["MP_REACH_NLRI", `AFI: IPv${attribute.family}`, `Next hop: ${nextHopWords(attribute.nextHop)}`];
      return [...head, "NLRI", ...prefixes(attribute.nlri)];
    }
    case "mpUnreach":
      return ["MP_UNREACH_NLRI", `AFI: IPv${attribute.family}`, "Withdrawn Routes", ...prefixes(attribute.withdrawn)];
    case "extendedCommunities":
      return [];
    case "unknown":
      return [`attribute ${attribute.type}`];
    default:
      throw new Error(`no capture has ${attribute.kind}`);
  }
}

function pathWords(segments: readonly AsSegment[]): string {
  return segments.map(({ asns }) => asns.join(" ")).join(" ");
}

function communityWords(community: number): string {
  return WELL_KNOWN.get(community) ?? `${community >>> 16}:${community & 0xffff}`;
}

function largeCommunityWords({ globalAdministrator, localData1, localData2 }: LargeCommunity): string {
  return [globalAdministrator, localData1, localData2].join(":");
}

function nextHopWords({ address, linkLocal }: NextHop): string {
  const mapped = address.value >> 32n === 0xffffn;
  const text = mapped
    ? `::ffff:${formatAddress({ family: 4, value: address.value & 0xffffffffn })}`
    : formatAddress(address);
  return linkLocal === undefined ? text : `IPv6=${text} Link-local=${formatAddress(linkLocal)}`;
}
