import { formatRange } from "@fairlead/net";
import {
  type Changes,
  changeStatements,
  ElementLedger,
  removeTableStatements,
  tableStatement,
} from "@fairlead/nftables";
import { balancerChain, parseBalancerName } from "./balancer.ts";
import { distinctEndpoints, portElements } from "./elements.ts";
import { type PlacedPort, placePorts, samePlacement } from "./placement.ts";
import type { UdpFlow } from "./ports.ts";
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
  readonly #balancers = new Set<string>();
  #placement: Placement;

  constructor(table: ForwardingTable) {
    this.#setup = setup(table);
    this.#placement = placePorts(table);
    const removal = removeTableStatements(FORWARDING_TABLE);
    if (table.mode === "none") {
      this.script = removal;
      return;
    }
    const changes = this.#ledger.exchange([], [...this.#placement.values()].flatMap(portElements));
    const parts = [...fixedParts(table), ...this.#newBalancers(changes)];
    const elements = changeStatements(FORWARDING_TABLE, changes);
    this.script = joined(removal, tableStatement(FORWARDING_TABLE, parts), elements);
  }

  /** How the table's ports are placed. */
  get placement(): Placement {
    return this.#placement;
  }

  /**
   * The script that makes it hold `table`: "" when it does. Undefined when more than ports changed: mode, pod ranges or
   * node addresses need the whole table replaced.
   */
  advance(table: ForwardingTable): string | undefined {
    if (setup(table) !== this.#setup) return undefined;
    const placement = placePorts(table);
    const { removed, added } = diffPlacement(this.#placement, placement);
    this.#placement = placement;
    const changes = this.#ledger.exchange(removed.flatMap(portElements), added.flatMap(portElements));
    const balancers = this.#newBalancers(changes);
    const chains = balancers.length === 0 ? "" : tableStatement(FORWARDING_TABLE, balancers);
    return joined(chains, changeStatements(FORWARDING_TABLE, changes));
  }

  // Balancers stay when nobody uses them: there are as many as there are different numbers of endpoints.
  #newBalancers(changes: Changes): string[] {
    const chains: string[] = [];
    for (const { added } of changes.values()) {
      for (const verdict of added.values()) {
        const name = verdict?.startsWith("goto ") ? verdict.slice("goto ".length) : undefined;
        const balancer = name === undefined || this.#balancers.has(name) ? undefined : parseBalancerName(name);
        if (name === undefined || balancer === undefined) continue;
        this.#balancers.add(name);
        chains.push(balancerChain(balancer));
      }
    }
    return chains;
  }
}

/** UDP flows that `before` sends to endpoints, and `after` no longer does. */
export function lostUdpFlows(before: Placement, after: Placement): UdpFlow[] {
  const { removed, added } = diffPlacement(before, after);
  const kept = new Set(added.flatMap(udpFlows).map(flowKey));
  return removed.flatMap(udpFlows).filter((flow) => !kept.has(flowKey(flow)));
}

function udpFlows({ port, mode }: PlacedPort): UdpFlow[] {
  // What goes through a NodePort is kube-proxy's to forget.
  if (port.protocol !== "UDP" || mode !== "direct") return [];
  return distinctEndpoints(port.endpoints).map((endpoint) => ({
    vip: port.vip,
    port: port.port,
    endpoint: endpoint.address,
    endpointPort: endpoint.port,
  }));
}

function flowKey({ vip, port, endpoint, endpointPort }: UdpFlow): string {
  return `${vip.family} ${vip.value} ${port} ${endpoint.value} ${endpointPort}`;
}

function setup({ mode, internal, nodeAddresses }: ForwardingTable): string {
  const nodes = nodeAddresses.map(({ family, value }) => `${family} ${value}`);
  return [mode, ...internal.map(formatRange), "|", ...nodes].join(",");
}

function joined(...statements: readonly string[]): string {
  return statements.filter((text) => text !== "").join("\n");
}
