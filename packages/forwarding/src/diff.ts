import { formatRange } from "@fairlead/net";
import {
  type Changes,
  changeStatements,
  ElementLedger,
  removeTableStatements,
  tableStatement,
} from "@fairlead/nftables";
import { type Balancer, balancerChain, balancerName, balancersFor, parseBalancerName } from "./balancer.ts";
import { portElements } from "./elements.ts";
import { type PlacedPort, placePorts, samePlacement } from "./placement.ts";
import { fixedParts } from "./ruleset.ts";
import type { ForwardingTable } from "./table.ts";
import { FORWARDING_TABLE } from "./terms.ts";

/** Ports by {@link placePorts}'s keys. */
export type Placement = ReadonlyMap<string, PlacedPort>;

/** Ports to take away and to add; one that changes is in both. */
export interface PortChanges {
  readonly removed: readonly PlacedPort[];
  readonly added: readonly PlacedPort[];
}

/** What turns one placement into another. */
export function diffPlacement(before: Placement, after: Placement): PortChanges {
  const removed: PlacedPort[] = [];
  const added: PlacedPort[] = [];
  for (const [key, old] of before) {
    const now = after.get(key);
    if (now === undefined || !samePlacement(old, now)) removed.push(old);
  }
  for (const [key, now] of after) {
    const old = before.get(key);
    if (old === undefined || !samePlacement(old, now)) added.push(now);
  }
  return { removed, added };
}

/**
 * What the kernel's table holds once every script handed out is loaded. After a script that could not be loaded it is
 * of no use: start a new one.
 */
export class LoadedTable {
  /** Replaces the whole table, whatever there is, in one transaction; in mode `none` by nothing. */
  readonly script: string;
  readonly #setup: string;
  readonly #ledger = new ElementLedger();
  readonly #balancers: ReadonlySet<string>;
  #placement: Placement;

  constructor(table: ForwardingTable) {
    this.#setup = setup(table);
    this.#placement = placePorts(table);
    const removal = removeTableStatements(FORWARDING_TABLE);
    if (table.mode === "none") {
      this.script = removal;
      this.#balancers = new Set();
      return;
    }
    const changes = this.#ledger.exchange([], [...this.#placement.values()].flatMap(portElements));
    const balancers = balancersFor(balancersIn(changes));
    this.#balancers = new Set(balancers.map(balancerName));
    const parts = [...fixedParts(table), ...balancers.map(balancerChain)];
    const elements = changeStatements(FORWARDING_TABLE, changes);
    this.script = [removal, tableStatement(FORWARDING_TABLE, parts), elements].join("\n");
  }

  /** How the table's ports are placed. */
  get placement(): Placement {
    return this.#placement;
  }

  /**
   * The script that makes it hold `table`: "" when it does. Undefined when the whole table must be replaced, and this
   * object with it: mode, pod ranges or node addresses changed, or there is no balancer for so many endpoints.
   */
  advance(table: ForwardingTable): string | undefined {
    if (setup(table) !== this.#setup) return undefined;
    const placement = placePorts(table);
    const { removed, added } = diffPlacement(this.#placement, placement);
    this.#placement = placement;
    const changes = this.#ledger.exchange(removed.flatMap(portElements), added.flatMap(portElements));
    if (balancersIn(changes).some((balancer) => !this.#balancers.has(balancerName(balancer)))) return undefined;
    return changeStatements(FORWARDING_TABLE, changes);
  }
}

/** The balancers that added elements go to. */
function balancersIn(changes: Changes): Balancer[] {
  const names = new Set<string>();
  for (const { added } of changes.values()) {
    for (const verdict of added.values()) {
      if (verdict?.startsWith("goto ")) names.add(verdict.slice("goto ".length));
    }
  }
  return [...names].flatMap((name) => parseBalancerName(name) ?? []);
}

function setup({ mode, internal, nodeAddresses }: ForwardingTable): string {
  const nodes = nodeAddresses.map(({ family, value }) => `${family} ${value}`);
  return [mode, ...internal.map(formatRange), "|", ...nodes].join(",");
}
