import { type ByteReader, ByteWriter } from "@fairlead/net";
import { readAs, readSegments, writeAs, writeSegments } from "./as-path.ts";
import type { Aggregator, Origin, PathAttribute } from "./attribute.ts";
import {
  readExtendedCommunity,
  readLargeCommunity,
  readSome,
  writeExtendedCommunity,
  writeLargeCommunity,
} from "./communities.ts";
import { writeMpReach, writeMpUnreach } from "./mp-routes.ts";

/** An attribute whose kind is known and that stands for no routes itself. */
export type PlainKind = Exclude<PathAttribute["kind"], "unknown" | "mpReach" | "mpUnreach">;
type OfKind<K> = Extract<PathAttribute, { kind: K }>;

/** How an attribute goes over the wire, and what is to be done if it came malformed. */
export interface AttributeCodec<A extends PathAttribute> {
  readonly type: number;
  /** Optional and Transitive as the attribute's RFC has them. */
  readonly flags: number;
  /** What RFC 7606 §7 has done with a malformed one: the routes go, or the attribute alone. */
  readonly ifMalformed: "treatAsWithdraw" | "attributeDiscard";
  /** Only a peer of the same AS may send it; from others it is discarded (RFC 7606 §7.5, §7.9, §7.10). */
  readonly internalOnly?: true;
  /** Only a peer that has no AS numbers of four octets may send it; from others it is discarded (RFC 6793 §6). */
  readonly twoOctetOnly?: true;
  readonly write: (attribute: A, fourOctetAs: boolean) => Uint8Array;
  /** Reads a value to its end, or less if it is too long. */
  readonly read: (r: ByteReader, fourOctetAs: boolean) => A;
}

const WELL_KNOWN = 0x40;
const OPTIONAL = 0x80;
const OPTIONAL_TRANSITIVE = 0xc0;

/** Type and flags of the attributes that have routes of any family (RFC 4760). */
export const MP_CODECS = {
  mpReach: { type: 14, flags: OPTIONAL, write: writeMpReach },
  mpUnreach: { type: 15, flags: OPTIONAL, write: writeMpUnreach },
} as const;

const ORIGINS: ReadonlyMap<number, Origin> = new Map([
  [0, "igp"],
  [1, "egp"],
  [2, "incomplete"],
]);
const ORIGIN_CODES = { igp: 0, egp: 1, incomplete: 2 } as const;

/** All other known attributes, in ascending order of type. */
export const CODECS: { readonly [K in PlainKind]: AttributeCodec<OfKind<K>> } = {
  origin: {
    type: 1,
    flags: WELL_KNOWN,
    ifMalformed: "treatAsWithdraw",
    write: ({ origin }) => Uint8Array.of(ORIGIN_CODES[origin]),
    read: (r) => ({ kind: "origin", origin: r.oneOf("ORIGIN", r.u8("ORIGIN"), ORIGINS) }),
  },
  asPath: {
    type: 2,
    flags: WELL_KNOWN,
    ifMalformed: "treatAsWithdraw",
    write: ({ segments }, fourOctetAs) => writeSegments(segments, fourOctetAs),
    read: (r, fourOctetAs) => ({ kind: "asPath", segments: readSegments(r, fourOctetAs) }),
  },
  nextHop: {
    type: 3,
    flags: WELL_KNOWN,
    ifMalformed: "treatAsWithdraw",
    write: ({ address }) => new ByteWriter(4).address(address).finish(),
    read: (r) => ({ kind: "nextHop", address: r.address("NEXT_HOP", 4) }),
  },
  multiExitDisc: {
    type: 4,
    flags: OPTIONAL,
    ifMalformed: "treatAsWithdraw",
    write: ({ metric }) => u32(metric),
    read: (r) => ({ kind: "multiExitDisc", metric: r.u32("MULTI_EXIT_DISC") }),
  },
  localPref: {
    type: 5,
    flags: WELL_KNOWN,
    ifMalformed: "treatAsWithdraw",
    internalOnly: true,
    write: ({ preference }) => u32(preference),
    read: (r) => ({ kind: "localPref", preference: r.u32("LOCAL_PREF") }),
  },
  atomicAggregate: {
    type: 6,
    flags: WELL_KNOWN,
    ifMalformed: "attributeDiscard",
    write: () => new Uint8Array(),
    read: () => ({ kind: "atomicAggregate" }),
  },
  aggregator: {
    type: 7,
    flags: OPTIONAL_TRANSITIVE,
    ifMalformed: "attributeDiscard",
    write: writeAggregator,
    read: (r, fourOctetAs) => ({ kind: "aggregator", ...readAggregator(r, fourOctetAs) }),
  },
  communities: {
    type: 8,
    flags: OPTIONAL_TRANSITIVE,
    ifMalformed: "treatAsWithdraw",
    write: ({ communities }) => list(communities, (w, community) => w.u32(community)),
    read: (r) => ({ kind: "communities", communities: readSome(r, "COMMUNITIES", readCommunity) }),
  },
  originatorId: {
    type: 9,
    flags: OPTIONAL,
    ifMalformed: "treatAsWithdraw",
    internalOnly: true,
    write: ({ routerId }) => u32(routerId),
    read: (r) => ({ kind: "originatorId", routerId: r.u32("ORIGINATOR_ID") }),
  },
  clusterList: {
    type: 10,
    flags: OPTIONAL,
    ifMalformed: "treatAsWithdraw",
    internalOnly: true,
    write: ({ clusters }) => list(clusters, (w, cluster) => w.u32(cluster)),
    read: (r) => ({ kind: "clusterList", clusters: readSome(r, "CLUSTER_LIST", (r) => r.u32("CLUSTER_ID")) }),
  },
  extendedCommunities: {
    type: 16,
    flags: OPTIONAL_TRANSITIVE,
    ifMalformed: "treatAsWithdraw",
    write: ({ communities }) => list(communities, writeExtendedCommunity),
    read: (r) => ({
      kind: "extendedCommunities",
      communities: readSome(r, "EXTENDED COMMUNITIES", readExtendedCommunity),
    }),
  },
  as4Path: {
    type: 17,
    flags: OPTIONAL_TRANSITIVE,
    ifMalformed: "attributeDiscard",
    twoOctetOnly: true,
    write: ({ segments }) => writeSegments(segments, true),
    read: (r) => ({ kind: "as4Path", segments: readSegments(r, true) }),
  },
  as4Aggregator: {
    type: 18,
    flags: OPTIONAL_TRANSITIVE,
    ifMalformed: "attributeDiscard",
    twoOctetOnly: true,
    write: (aggregator) => writeAggregator(aggregator, true),
    read: (r) => ({ kind: "as4Aggregator", ...readAggregator(r, true) }),
  },
  largeCommunities: {
    type: 32,
    flags: OPTIONAL_TRANSITIVE,
    ifMalformed: "treatAsWithdraw",
    write: ({ communities }) => list(communities, writeLargeCommunity),
    read: (r) => ({ kind: "largeCommunities", communities: readSome(r, "LARGE_COMMUNITY", readLargeCommunity) }),
  },
};

function u32(value: number): Uint8Array {
  return new ByteWriter(4).u32(value).finish();
}

function list<T>(items: readonly T[], write: (w: ByteWriter, item: T) => void): Uint8Array {
  const w = new ByteWriter();
  for (const item of items) write(w, item);
  return w.finish();
}

function readCommunity(r: ByteReader): number {
  return r.u32("community");
}

function writeAggregator({ as, address }: Aggregator, fourOctetAs: boolean): Uint8Array {
  const w = new ByteWriter(8);
  writeAs(w, as, fourOctetAs);
  return w.address(address).finish();
}

function readAggregator(r: ByteReader, fourOctetAs: boolean): Aggregator {
  return { as: readAs(r, fourOctetAs), address: r.address("AGGREGATOR", 4) };
}
