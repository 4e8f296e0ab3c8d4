import { addressBits, type Family, type IpAddress, type Prefix, prefixRange } from "@fairlead/net";
import fc from "fast-check";
import type { AsSegment, ExtendedCommunity, NextHop, PathAttribute } from "../../src/packet/attribute.ts";
import type { Capability } from "../../src/packet/capability.ts";
import type { Message, UpdateMessage } from "../../src/packet/message.ts";

const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffffffff);
const family = fc.constantFrom<Family>(4, 6);
const afiSafi = fc.record({ afi: u16, safi: u8 });
const octets = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const some = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { minLength: 1, maxLength: 70 });

/** A prefix without host bits, host routes as often as all others together. */
export function arbitraryPrefix(family: Family): fc.Arbitrary<Prefix> {
  const bits = addressBits(family);
  const value = fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n });
  return fc.tuple(value, fc.oneof(fc.constant(bits), fc.nat(bits))).map(([value, length]) => {
    const { first } = prefixRange({ address: { family, value }, length });
    return { address: { family, value: first }, length };
  });
}

const routerAddress: fc.Arbitrary<IpAddress> = u32.map((value) => ({ family: 4, value: BigInt(value) }));
const ipv4Host = fc.integer({ min: 0x01000000, max: 0xdfffffff }).map((value): IpAddress => {
  return { family: 4, value: BigInt(value) };
});
const ipv6Host = fc.bigInt({ min: 1n, max: (0xffn << 120n) - 1n }).map((value): IpAddress => ({ family: 6, value }));
const ipv6NextHop: fc.Arbitrary<NextHop> = fc.record(
  { address: ipv6Host, linkLocal: ipv6Host },
  { requiredKeys: ["address"] },
);

const capability: fc.Arbitrary<Capability> = fc.oneof(
  fc.record({ kind: fc.constant("multiprotocol" as const), family: afiSafi }),
  fc.constant({ kind: "routeRefresh" } as const),
  fc.constant({ kind: "extendedMessage" } as const),
  fc.record({
    kind: fc.constant("extendedNextHop" as const),
    encodings: fc.array(fc.record({ family: fc.record({ afi: u16, safi: u16 }), nextHopAfi: u16 }), { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant("gracefulRestart" as const),
    restarting: fc.boolean(),
    notification: fc.boolean(),
    restartTimeSeconds: fc.nat(4095),
    families: fc.array(fc.record({ family: afiSafi, forwarding: fc.boolean() }), { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant("unknown" as const),
    code: u8.filter((code) => ![1, 2, 5, 6, 64, 65].includes(code)),
    value: octets(20),
  }),
);

const open: fc.Arbitrary<Message> = fc
  .record({
    kind: fc.constant("open" as const),
    holdTimeSeconds: fc.oneof(fc.constant(0), fc.integer({ min: 3, max: 0xffff })),
    routerId: fc.integer({ min: 1, max: 0xffffffff }),
    own: fc.option(fc.integer({ min: 1, max: 0xffffffff })),
    others: fc.array(capability, { maxLength: 6 }),
  })
  .map(({ own, others, ...rest }) => {
    if (own === null) return { ...rest, as: 64512, capabilities: others };
    return {
      ...rest,
      as: own > 0xffff ? 23456 : own,
      capabilities: [{ kind: "fourOctetAs", as: own } as const, ...others],
    };
  });

const segments: fc.Arbitrary<AsSegment[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("sequence" as const, "set" as const),
    asns: fc.array(fc.integer({ min: 1, max: 0xffffffff }), { minLength: 1, maxLength: 255 }),
  }),
  { maxLength: 3 },
);
const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const extendedCommunity: fc.Arbitrary<ExtendedCommunity> = fc.oneof(
  fc.record({
    kind: fc.constant("linkBandwidth" as const),
    transitive: fc.boolean(),
    as: u16,
    octetsPerSecond: float,
  }),
  fc
    .bigInt({ min: 0n, max: (1n << 64n) - 1n })
    .filter((value) => value >> 48n !== 0x4004n && value >> 48n !== 0x0004n)
    .map((value) => ({ kind: "other" as const, value })),
);

/** Attributes that routes may have beside ORIGIN, AS_PATH and their next hop, in ascending order of type. */
const optional: readonly fc.Arbitrary<PathAttribute>[] = [
  fc.record({ kind: fc.constant("multiExitDisc" as const), metric: u32 }),
  fc.record({ kind: fc.constant("localPref" as const), preference: u32 }),
  fc.constant({ kind: "atomicAggregate" } as const),
  fc.record({
    kind: fc.constant("aggregator" as const),
    as: fc.integer({ min: 1, max: 0xffffffff }),
    address: routerAddress,
  }),
  fc.record({ kind: fc.constant("communities" as const), communities: some(u32) }),
  fc.record({ kind: fc.constant("originatorId" as const), routerId: u32 }),
  fc.record({ kind: fc.constant("clusterList" as const), clusters: some(u32) }),
  fc.record({ kind: fc.constant("extendedCommunities" as const), communities: some(extendedCommunity) }),
  fc.record({
    kind: fc.constant("largeCommunities" as const),
    communities: some(fc.record({ globalAdministrator: u32, localData1: u32, localData2: u32 })),
  }),
  fc.record({
    kind: fc.constant("unknown" as const),
    type: fc.integer({ min: 33, max: 255 }),
    flags: fc.constantFrom(0x80, 0xc0, 0xe0),
    value: octets(300),
  }),
];
const attributesBesides: fc.Arbitrary<PathAttribute[]> = fc
  .tuple(...optional.map((attribute) => fc.option(attribute)))
  .map((attributes) => attributes.filter((attribute) => attribute !== null));
const origin = fc.constantFrom("igp" as const, "egp" as const, "incomplete" as const);

const ipv4Announcement: fc.Arbitrary<UpdateMessage> = fc
  .tuple(origin, segments, ipv4Host, attributesBesides, some(arbitraryPrefix(4)))
  .map(([origin, segments, address, others, nlri]) => ({
    kind: "update",
    withdrawnRoutes: [],
    attributes: [{ kind: "origin", origin }, { kind: "asPath", segments }, { kind: "nextHop", address }, ...others],
    nlri,
  }));
const mpAnnouncement: fc.Arbitrary<UpdateMessage> = family.chain((family) =>
  fc
    .tuple(origin, segments, ipv6NextHop, attributesBesides, some(arbitraryPrefix(family)))
    .map(([origin, segments, nextHop, others, nlri]) => {
      const mpReach = { kind: "mpReach", family, nextHop, nlri } as const;
      const attributes: PathAttribute[] = [
        mpReach,
        { kind: "origin", origin },
        { kind: "asPath", segments },
        ...others,
      ];
      return { kind: "update", withdrawnRoutes: [], attributes, nlri: [] };
    }),
);
const ipv4Withdrawal: fc.Arbitrary<UpdateMessage> = fc.array(arbitraryPrefix(4)).map((withdrawnRoutes) => {
  return { kind: "update", withdrawnRoutes, attributes: [], nlri: [] };
});
const mpWithdrawal: fc.Arbitrary<UpdateMessage> = family.chain((family) =>
  fc.array(arbitraryPrefix(family)).map((withdrawn) => {
    return { kind: "update", withdrawnRoutes: [], attributes: [{ kind: "mpUnreach", family, withdrawn }], nlri: [] };
  }),
);

/** Any message that Fairlead could send. */
export const arbitraryMessage: fc.Arbitrary<Message> = fc.oneof(
  open,
  ipv4Announcement,
  mpAnnouncement,
  ipv4Withdrawal,
  mpWithdrawal,
  fc.record({ kind: fc.constant("notification" as const), code: u8, subcode: u8, data: octets(64) }),
  fc.constant({ kind: "keepalive" } as const),
  fc.record({ kind: fc.constant("routeRefresh" as const), family: afiSafi, subtype: u8 }),
);
