import type { Prefix } from "@fairlead/net";
import { prefixOctets } from "../packet/prefixes.ts";
import type { KnownPath } from "./paths.ts";

/** What the peer has of a prefix, and what is due. There is none for a prefix of which the peer has nothing and is to have nothing. */
export interface RouteState {
  readonly prefix: Prefix;
  /** With what the peer has it; undefined if it has not. */
  sent: KnownPath | undefined;
  /** The peer asked for it again, and it was not sent since. */
  asked: boolean;
  /** With what it is due to be announced, or that it is due to be withdrawn; undefined if nothing is due. */
  due: KnownPath | "withdrawal" | undefined;
  /** Number of the last whole table that had it. */
  table: number;
}

/** Routes that are due to be sent in one UPDATE, or in several: each once, in the order in which they came. */
export class RouteQueue {
  readonly #routes = new Set<RouteState>();
  // Kept from message to message: to begin anew would pass over all that was taken out, again and again. Never asked when there is
  // nothing to give, it never ends: what is added comes behind what it gave.
  readonly #rest = this.#routes.values();

  get isEmpty(): boolean {
    return this.#routes.size === 0;
  }

  add(route: RouteState): void {
    this.#routes.add(route);
  }

  delete(route: RouteState): void {
    this.#routes.delete(route);
  }

  /**
   * Takes out routes until no other would fit for sure.
   *
   * @param room - octets for prefixes.
   * @param longest - octets that a prefix may have.
   */
  take(room: number, longest: number): RouteState[] {
    const taken: RouteState[] = [];
    let left = room;
    while (left >= longest && !this.isEmpty) {
      const { value: route } = this.#rest.next();
      if (route === undefined) break;
      left -= prefixOctets(route.prefix.length);
      this.#routes.delete(route);
      taken.push(route);
    }
    return taken;
  }
}
