import { type Family, formatAddress } from "@fairlead/net";
import { encodeAttributes } from "../packet/encode-attributes.ts";
import type { SessionTraits } from "../packet/session-traits.ts";
import { canonicalAttributes } from "./canonical.ts";
import { announcement, type Carrier, carrierOf, LONGEST_PREFIX, roomFor } from "./pack.ts";
import type { Path } from "./route.ts";

/** A path as a family's routes are announced with it: equal ones have the same key. */
export interface KnownPath {
  readonly key: string;
  readonly path: Path;
  readonly carrier: Carrier;
  /** Octets for prefixes in an UPDATE with this path. */
  readonly room: number;
}

/** Compares the paths of one family in one session; each object is looked at once. */
export class Paths {
  readonly #family: Family;
  readonly #traits: SessionTraits;
  readonly #known = new WeakMap<Path, KnownPath>();

  constructor(family: Family, traits: SessionTraits) {
    this.#family = family;
    this.#traits = traits;
  }

  /** @throws RangeError if the attributes leave no room for a prefix in the longest message of the session. */
  of(path: Path): KnownPath {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const learnt = this.#learn(path);
    this.#known.set(path, learnt);
    return learnt;
  }

  #learn({ nextHop, attributes }: Path): KnownPath {
    const path: Path = { nextHop, attributes: canonicalAttributes(attributes) };
    const room = roomFor(announcement(this.#family, path, []), this.#traits);
    const longest = LONGEST_PREFIX[this.#family];
    if (room < longest) {
      throw new RangeError(
        `Cannot announce routes: their attributes must leave ${longest} octets of an UPDATE for a prefix, got ${room}`,
      );
    }
    return { key: keyOf(path), path, carrier: carrierOf(this.#family, path), room };
  }
}

function keyOf({ nextHop, attributes }: Path): string {
  const { address, linkLocal } = nextHop;
  const octets = encodeAttributes(attributes, true);
  return `${formatAddress(address)} ${linkLocal === undefined ? "" : formatAddress(linkLocal)} ${octets.join(" ")}`;
}
