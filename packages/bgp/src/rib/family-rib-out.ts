import type { Family, Prefix } from "@fairlead/net";
import type { UpdateMessage } from "../packet/message.ts";
import type { SessionTraits } from "../packet/session-traits.ts";
import { announcement, CARRIERS, type Carrier, LONGEST_PREFIX, roomFor, withdrawal } from "./pack.ts";
import { type KnownPath, Paths } from "./paths.ts";
import { type PrefixKey, prefixKey, type Route } from "./route.ts";
import { RouteQueue, type RouteState } from "./route-queue.ts";

/** Routes due to be announced with one path. */
interface Group {
  readonly path: KnownPath;
  readonly queue: RouteQueue;
}

/** The Adj-RIB-Out of one family: what the peer has, and what is due to make that what is wanted. A prefix is due once at most. */
export class FamilyRibOut {
  readonly #family: Family;
  readonly #paths: Paths;
  readonly #routes = new Map<PrefixKey, RouteState>();
  readonly #groups = new Map<string, Group>();
  readonly #withdrawals: Readonly<Record<Carrier, RouteQueue>> = {
    fields: new RouteQueue(),
    attributes: new RouteQueue(),
  };
  readonly #withdrawalRoom: Readonly<Record<Carrier, number>>;
  #sent = 0;
  #table = 0;

  constructor(family: Family, traits: SessionTraits) {
    this.#family = family;
    this.#paths = new Paths(family, traits);
    const room = (carrier: Carrier): number => roomFor(withdrawal(family, carrier, []), traits);
    this.#withdrawalRoom = { fields: room("fields"), attributes: room("attributes") };
  }

  /** Routes that the peer has by what was taken out. */
  get sent(): number {
    return this.#sent;
  }

  /** @throws RangeError if the attributes leave no room for a prefix. */
  announce({ prefix, path }: Route): void {
    const known = this.#paths.of(path);
    const key = prefixKey(prefix);
    let route = this.#routes.get(key);
    if (route === undefined) {
      route = { prefix, sent: undefined, asked: false, due: undefined, table: 0 };
      this.#routes.set(key, route);
    }
    route.table = this.#table;
    this.#cancel(route);
    if (route.asked || route.sent?.key !== known.key) this.#announceLater(route, known);
  }

  withdraw(prefix: Prefix): void {
    const route = this.#routes.get(prefixKey(prefix));
    if (route !== undefined) this.#withdrawRoute(route);
  }

  /** Makes these the routes wanted: withdraws all others. */
  want(routes: Iterable<Route>): void {
    this.#table += 1;
    for (const route of routes) this.announce(route);
    for (const route of this.#routes.values()) {
      if (route.table !== this.#table) this.#withdrawRoute(route);
    }
  }

  /** Has all routes sent again that the peer has and is to keep. */
  sendAgain(): void {
    for (const route of this.#routes.values()) {
      if (route.sent === undefined) continue;
      route.asked = true;
      if (route.due === undefined) this.#announceLater(route, route.sent);
    }
  }

  /** Takes out a message that withdraws routes, as full as it gets; undefined if none are due to be withdrawn. */
  takeWithdrawal(): UpdateMessage | undefined {
    const carrier = CARRIERS.find((carrier) => !this.#withdrawals[carrier].isEmpty);
    if (carrier === undefined) return undefined;
    const taken = this.#withdrawals[carrier].take(this.#withdrawalRoom[carrier], LONGEST_PREFIX[this.#family]);
    this.#sent -= taken.length;
    for (const { prefix } of taken) this.#routes.delete(prefixKey(prefix));
    return withdrawal(this.#family, carrier, taken.map(prefixOf));
  }

  /** Takes out a message that announces routes of one path, as full as it gets; undefined if none are due. */
  takeAnnouncement(): UpdateMessage | undefined {
    const [group] = this.#groups.values();
    if (group === undefined) return undefined;
    const { path, queue } = group;
    const taken = queue.take(path.room, LONGEST_PREFIX[this.#family]);
    if (queue.isEmpty) this.#groups.delete(path.key);
    for (const route of taken) {
      if (route.sent === undefined) this.#sent += 1;
      route.sent = path;
      route.asked = false;
      route.due = undefined;
    }
    return announcement(this.#family, path.path, taken.map(prefixOf));
  }

  #withdrawRoute(route: RouteState): void {
    this.#cancel(route);
    if (route.sent === undefined) {
      this.#routes.delete(prefixKey(route.prefix));
      return;
    }
    route.due = "withdrawal";
    this.#withdrawals[route.sent.carrier].add(route);
  }

  #announceLater(route: RouteState, path: KnownPath): void {
    let group = this.#groups.get(path.key);
    if (group === undefined) {
      group = { path, queue: new RouteQueue() };
      this.#groups.set(path.key, group);
    }
    group.queue.add(route);
    route.due = group.path;
  }

  // What was wanted last counts: what is due for the prefix is not due any more.
  #cancel(route: RouteState): void {
    const { due, sent } = route;
    if (due === undefined) return;
    route.due = undefined;
    if (due === "withdrawal") {
      if (sent !== undefined) this.#withdrawals[sent.carrier].delete(route);
      return;
    }
    const queue = this.#groups.get(due.key)?.queue;
    queue?.delete(route);
    if (queue?.isEmpty) this.#groups.delete(due.key);
  }
}

function prefixOf({ prefix }: RouteState): Prefix {
  return prefix;
}
