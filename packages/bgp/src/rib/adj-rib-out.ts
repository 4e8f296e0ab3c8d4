import type { Family, Prefix } from "@fairlead/net";
import type { UpdateMessage } from "../packet/message.ts";
import type { SessionTraits } from "../packet/session-traits.ts";
import { FamilyRibOut } from "./family-rib-out.ts";
import { endOfRib } from "./pack.ts";
import type { Route } from "./route.ts";

/**
 * Adj-RIB-Out of one session (RFC 4271 §3.2): which routes the peer is to have, and the UPDATEs that get it there. These are made
 * when they are taken out, from what is wanted by then: whoever stops taking while the connection is full loses and repeats nothing.
 * Routes of families that were not negotiated are passed over.
 */
export class AdjRibOut {
  readonly #families: ReadonlyMap<Family, FamilyRibOut>;
  readonly #endOfRib = new Set<Family>();

  constructor(traits: SessionTraits) {
    this.#families = new Map(traits.families.map((family) => [family, new FamilyRibOut(family, traits)]));
  }

  /**
   * Wants this route, with this path in place of any other.
   *
   * @throws RangeError if the attributes leave no room for a prefix in the longest message of the session.
   */
  announce(route: Route): void {
    this.#families.get(route.prefix.address.family)?.announce(route);
  }

  /** Wants no route to this prefix. */
  withdraw(prefix: Prefix): void {
    this.#families.get(prefix.address.family)?.withdraw(prefix);
  }

  /**
   * Wants these routes and no others.
   *
   * @throws RangeError as {@link announce} does.
   */
  want(routes: readonly Route[]): void {
    for (const [family, out] of this.#families) {
      out.want(routes.filter(({ prefix }) => prefix.address.family === family));
    }
  }

  /** Has all routes of the family sent again, as ROUTE-REFRESH asks (RFC 2918 §4). */
  sendAgain(family: Family): void {
    this.#families.get(family)?.sendAgain();
  }

  /** Has End-of-RIB follow what is due of the family (RFC 4724 §2). */
  endOfRib(family: Family): void {
    if (this.#families.has(family)) this.#endOfRib.add(family);
  }

  /** Takes out the next UPDATE, as full as it gets, withdrawals first; undefined if nothing is due. */
  next(): UpdateMessage | undefined {
    for (const out of this.#families.values()) {
      const update = out.takeWithdrawal();
      if (update !== undefined) return update;
    }
    for (const [family, out] of this.#families) {
      const update = out.takeAnnouncement() ?? this.#takeEndOfRib(family);
      if (update !== undefined) return update;
    }
    return undefined;
  }

  /** Routes of the family that the peer has, by what was taken out. */
  sent(family: Family): number {
    return this.#families.get(family)?.sent ?? 0;
  }

  #takeEndOfRib(family: Family): UpdateMessage | undefined {
    return this.#endOfRib.delete(family) ? endOfRib(family) : undefined;
  }
}
