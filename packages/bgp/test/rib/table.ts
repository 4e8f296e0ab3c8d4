import { formatAddress, formatPrefix, type Prefix } from "@fairlead/net";
import { toHex } from "@fairlead/testing";
import { encodeMessage } from "../../src/packet/codec.ts";
import type { UpdateMessage } from "../../src/packet/message.ts";
import type { SessionTraits } from "../../src/packet/session-traits.ts";
import type { Path, Route } from "../../src/rib/route.ts";
import { decodeOctets } from "../packet/decoding.ts";

/** The routes that a peer has after these UPDATEs went over the wire, as text: prefix to path. */
export class Table {
  readonly routes = new Map<string, string>();
  /** Family of each End-of-RIB, and how many routes there were before it. */
  readonly endsOfRib: string[] = [];
  readonly #traits: SessionTraits;

  constructor(traits: SessionTraits) {
    this.#traits = traits;
  }

  /** Decodes, then applies the UPDATE; returns its octets. */
  apply(update: UpdateMessage): number {
    const octets = encodeMessage(update, this.#traits);
    const decoded = decodeOctets(octets, this.#traits);
    if (decoded.kind === "error" || decoded.message.kind !== "update" || decoded.faults.length > 0) {
      throw new Error(`must be an UPDATE without fault, got ${toHex(octets)}`);
    }
    this.#apply(decoded.message);
    return octets.length;
  }

  #apply({ withdrawnRoutes, attributes, nlri }: UpdateMessage): void {
    const withdrawn = [...withdrawnRoutes];
    const announced: [Prefix, string][] = [];
    const others = attributes.filter(({ kind }) => !["nextHop", "mpReach", "mpUnreach"].includes(kind));
    for (const attribute of attributes) {
      if (attribute.kind === "mpUnreach") withdrawn.push(...attribute.withdrawn);
      if (attribute.kind === "mpReach") {
        const text = pathText({ nextHop: attribute.nextHop, attributes: others });
        announced.push(...attribute.nlri.map((prefix): [Prefix, string] => [prefix, text]));
      }
      if (attribute.kind === "nextHop") {
        const text = pathText({ nextHop: { address: attribute.address }, attributes: others });
        announced.push(...nlri.map((prefix): [Prefix, string] => [prefix, text]));
      }
    }
    const touched = [...withdrawn, ...announced.map(([prefix]) => prefix)].map(formatPrefix);
    if (touched.length === 0) {
      this.endsOfRib.push(`${attributes.length === 0 ? "IPv4" : "IPv6"} after ${this.routes.size} routes`);
    }
    if (new Set(touched).size < touched.length) throw new Error(`must have a prefix once, got ${touched.join(" ")}`);
    for (const prefix of withdrawn) {
      if (!this.routes.delete(formatPrefix(prefix))) throw new Error(`must be there, got no ${formatPrefix(prefix)}`);
    }
    for (const [prefix, text] of announced) this.routes.set(formatPrefix(prefix), text);
  }
}

/** Routes as a {@link Table} has them. */
export function tableOf(routes: Iterable<Route>): Map<string, string> {
  return new Map(Array.from(routes, ({ prefix, path }) => [formatPrefix(prefix), pathText(path)]));
}

function pathText({ nextHop, attributes }: Path): string {
  const hops = [nextHop.address, ...(nextHop.linkLocal === undefined ? [] : [nextHop.linkLocal])].map(formatAddress);
  return JSON.stringify([hops, attributes]);
}
