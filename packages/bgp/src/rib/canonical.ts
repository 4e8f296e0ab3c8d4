import type { LargeCommunity, PathAttribute } from "../packet/attribute.ts";

/**
 * The attributes as they are sent: communities in ascending order, each once, and no attribute without one, which some routers take
 * for malformed (RFC 1997, RFC 4360, RFC 8092 §5). So lists that mean the same are the same.
 */
export function canonicalAttributes(attributes: readonly PathAttribute[]): PathAttribute[] {
  return attributes.map(canonical).filter((attribute) => !isEmptyList(attribute));
}

function canonical(attribute: PathAttribute): PathAttribute {
  switch (attribute.kind) {
    case "communities":
      return { ...attribute, communities: [...new Set(attribute.communities)].sort((a, b) => a - b) };
    case "largeCommunities":
      return { ...attribute, communities: eachOnce(attribute.communities).sort(compareLargeCommunities) };
    default:
      return attribute;
  }
}

function isEmptyList(attribute: PathAttribute): boolean {
  return "communities" in attribute && attribute.communities.length === 0;
}

function eachOnce(communities: readonly LargeCommunity[]): LargeCommunity[] {
  return communities.filter(
    (one, i) => communities.findIndex((other) => compareLargeCommunities(one, other) === 0) === i,
  );
}

function compareLargeCommunities(a: LargeCommunity, b: LargeCommunity): number {
  return a.globalAdministrator - b.globalAdministrator || a.localData1 - b.localData1 || a.localData2 - b.localData2;
}
