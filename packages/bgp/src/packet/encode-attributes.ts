import { ByteWriter } from "@fairlead/net";
import { needsFourOctets } from "./as-path.ts";
import type { AsSegment, PathAttribute } from "./attribute.ts";
import { type AttributeCodec, CODECS, MP_CODECS } from "./attribute-codecs.ts";
import { type WireAttribute, writeWireAttribute } from "./wire-attribute.ts";

/**
 * The Path Attributes field: first those with routes (RFC 7606 §5.1), then in ascending order of type (RFC 4271 §5). To a peer
 * without AS numbers of four octets, what does not fit into two goes along in AS4_PATH and AS4_AGGREGATOR (RFC 6793 §4.2.2).
 */
export function encodeAttributes(attributes: readonly PathAttribute[], fourOctetAs: boolean): Uint8Array {
  const all = fourOctetAs ? attributes : [...attributes, ...fourOctetTwins(attributes)];
  const wire = all.map((attribute) => toWire(attribute, fourOctetAs)).sort((a, b) => rank(a.type) - rank(b.type));
  const w = new ByteWriter(4096);
  for (const attribute of wire) writeWireAttribute(w, attribute);
  return w.finish();
}

function toWire(attribute: PathAttribute, fourOctetAs: boolean): WireAttribute {
  switch (attribute.kind) {
    case "unknown":
      return attribute;
    case "mpReach":
      return { ...MP_CODECS.mpReach, value: MP_CODECS.mpReach.write(attribute) };
    case "mpUnreach":
      return { ...MP_CODECS.mpUnreach, value: MP_CODECS.mpUnreach.write(attribute) };
    default: {
      // The table has the writer of each kind at its name, which the compiler does not follow.
      const codec = CODECS[attribute.kind] as AttributeCodec<PathAttribute>;
      return { type: codec.type, flags: codec.flags, value: codec.write(attribute, fourOctetAs) };
    }
  }
}

function rank(type: number): number {
  return type === MP_CODECS.mpReach.type || type === MP_CODECS.mpUnreach.type ? type - 256 : type;
}

function fourOctetTwins(attributes: readonly PathAttribute[]): PathAttribute[] {
  return attributes.flatMap((attribute): PathAttribute[] => {
    if (attribute.kind === "asPath" && hasLargeAs(attribute.segments)) return [{ ...attribute, kind: "as4Path" }];
    if (attribute.kind === "aggregator" && needsFourOctets(attribute.as)) {
      return [{ ...attribute, kind: "as4Aggregator" }];
    }
    return [];
  });
}

function hasLargeAs(segments: readonly AsSegment[]): boolean {
  return segments.some(({ asns }) => asns.some(needsFourOctets));
}
