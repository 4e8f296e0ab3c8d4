import type { Prefix } from "@fairlead/net";
import type { NextHop, PathAttribute } from "../packet/attribute.ts";

/**
 * What routes are announced with. Routes that share the object, rather than have equal ones, cost less: it is compared as octets
 * once.
 */
export interface Path {
  readonly nextHop: NextHop;
  /** ORIGIN, AS_PATH and what else there is; neither NEXT_HOP nor what carries routes. Communities in any order. */
  readonly attributes: readonly PathAttribute[];
}

/** A route to announce. */
export interface Route {
  /** Without host bits. */
  readonly prefix: Prefix;
  readonly path: Path;
}

/** What stands for a prefix among those of its family. */
export type PrefixKey = number | string;

/** The key of the prefix in its family's map. */
export function prefixKey({ address, length }: Prefix): PrefixKey {
  return address.family === 4 ? Number(address.value) * 64 + length : `${address.value.toString(16)}/${length}`;
}
