import { isDeepStrictEqual } from "node:util";
import type { ForwardedPort } from "@fairlead/forwarding";
import { formatAddress } from "@fairlead/net";
import type { Plan, PlannedAddress } from "./decide.ts";

/** Entries of a table that were changed or added, by key, and the keys of those that are gone. */
export interface TableDelta<T> {
  readonly put: ReadonlyMap<string, T>;
  readonly gone: readonly string[];
}

/** What differs between two plans: what crosses from thread to thread when one Service among thousands changes. */
export interface PlanDelta {
  readonly addresses: TableDelta<PlannedAddress>;
  readonly ports: TableDelta<ForwardedPort>;
  /** All that is not a table; short. */
  readonly rest: Pick<Plan, "ranges" | "nodes"> & { readonly forwarding: Omit<Plan["forwarding"], "ports"> };
}

/** The side that has plans: says what is new in each. */
export class PlanSender {
  #addresses: ReadonlyMap<string, PlannedAddress> = new Map();
  #ports: ReadonlyMap<string, ForwardedPort> = new Map();
  #rest: PlanDelta["rest"] | undefined;

  /** What differs from the plan before; undefined if nothing does. */
  advance(plan: Plan): PlanDelta | undefined {
    const { ports: portList, ...forwarding } = plan.forwarding;
    const rest = { ranges: plan.ranges, nodes: plan.nodes, forwarding };
    const addresses = index(plan.addresses, addressKey);
    const ports = index(portList, portKey);
    const delta = { addresses: diff(this.#addresses, addresses), ports: diff(this.#ports, ports), rest };
    const same = isEmpty(delta.addresses) && isEmpty(delta.ports) && isDeepStrictEqual(rest, this.#rest);
    this.#addresses = addresses;
    this.#ports = ports;
    this.#rest = rest;
    return same ? undefined : delta;
  }
}

/** The side that follows: puts plans together again. What did not change is the same object as before. */
export class PlanReceiver {
  readonly #addresses = new Map<string, PlannedAddress>();
  readonly #ports = new Map<string, ForwardedPort>();

  /** The plan after a delta. Deltas must come in order, from the first. */
  take({ addresses, ports, rest }: PlanDelta): Plan {
    update(this.#addresses, addresses);
    update(this.#ports, ports);
    return {
      addresses: [...this.#addresses.values()],
      ranges: rest.ranges,
      nodes: rest.nodes,
      forwarding: { ...rest.forwarding, ports: [...this.#ports.values()] },
    };
  }
}

function addressKey({ address }: PlannedAddress): string {
  return address;
}

function portKey({ vip, protocol, port }: ForwardedPort): string {
  return `${formatAddress(vip)} ${protocol} ${port}`;
}

// Of equal keys the first counts, as it does in the forwarding table.
function index<T>(entries: readonly T[], key: (entry: T) => string): Map<string, T> {
  const byKey = new Map<string, T>();
  for (const entry of entries) if (!byKey.has(key(entry))) byKey.set(key(entry), entry);
  return byKey;
}

function diff<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): TableDelta<T> {
  const put = new Map([...after].filter(([key, entry]) => !isDeepStrictEqual(entry, before.get(key))));
  return { put, gone: [...before.keys()].filter((key) => !after.has(key)) };
}

function update<T>(table: Map<string, T>, { put, gone }: TableDelta<T>): void {
  for (const key of gone) table.delete(key);
  for (const [key, entry] of put) table.set(key, entry);
}

function isEmpty({ put, gone }: TableDelta<unknown>): boolean {
  return put.size === 0 && gone.length === 0;
}
