import type { Family, Prefix } from "@fairlead/net";
import { encodeMessage, maxMessageLength } from "../packet/codec.ts";
import type { UpdateMessage } from "../packet/message.ts";
import { prefixOctets } from "../packet/prefixes.ts";
import type { SessionTraits } from "../packet/session-traits.ts";
import type { Path } from "./route.ts";

/** Where in an UPDATE routes are: in the fields of RFC 4271, for IPv4 alone, or in the attributes of RFC 4760. */
export type Carrier = "fields" | "attributes";

/** Both places. */
export const CARRIERS: readonly Carrier[] = ["fields", "attributes"];

/** Octets that a prefix of the family has in an UPDATE at most: a host route's. */
export const LONGEST_PREFIX: Readonly<Record<Family, number>> = { 4: prefixOctets(32), 6: prefixOctets(128) };

/** Where routes with this path have to be: IPv6 ones, and those with an IPv6 next hop, in attributes. */
export function carrierOf(family: Family, path: Path): Carrier {
  return family === 4 && path.nextHop.address.family === 4 ? "fields" : "attributes";
}

/** Announces the prefixes with one path, in one place (RFC 7606 §5.1). */
export function announcement(family: Family, path: Path, nlri: readonly Prefix[]): UpdateMessage {
  const { nextHop } = path;
  if (carrierOf(family, path) === "attributes") {
    const attributes = [{ kind: "mpReach", family, nextHop, nlri } as const, ...path.attributes];
    return { kind: "update", withdrawnRoutes: [], attributes, nlri: [] };
  }
  const attributes = [...path.attributes, { kind: "nextHop", address: nextHop.address } as const];
  return { kind: "update", withdrawnRoutes: [], attributes, nlri };
}

/** Withdraws prefixes from where they were announced. */
export function withdrawal(family: Family, carrier: Carrier, withdrawn: readonly Prefix[]): UpdateMessage {
  if (carrier === "fields") return { kind: "update", withdrawnRoutes: withdrawn, attributes: [], nlri: [] };
  return { kind: "update", withdrawnRoutes: [], attributes: [{ kind: "mpUnreach", family, withdrawn }], nlri: [] };
}

/** Says that all routes of the family were sent (RFC 4724 §2). */
export function endOfRib(family: Family): UpdateMessage {
  return withdrawal(family, family === 4 ? "fields" : "attributes", []);
}

/** Octets for prefixes in an UPDATE that has none yet, up to the longest message of the session; may be negative. */
export function roomFor(empty: UpdateMessage, traits: SessionTraits): number {
  // The length of the attribute that carries routes takes an octet more once it is full.
  const growth = empty.attributes.some(({ kind }) => kind === "mpReach" || kind === "mpUnreach") ? 1 : 0;
  return maxMessageLength(traits) - encodeMessage(empty, traits).length - growth;
}
