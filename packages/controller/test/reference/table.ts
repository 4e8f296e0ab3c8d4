import { ANNOTATIONS } from "@fairlead/kube";
import { pool } from "@fairlead/kube/testing";
import type { ClassFilter } from "@fairlead/model";
import { expect } from "chai";
import { Replica, type ReplicaOptions, World } from "../world.ts";

/** Something that a user does; the controller then comes to rest. */
export type Step = (world: World, run: Run) => void | Promise<void>;

/** The controller of a row, which can be stopped and started. */
export class Run {
  readonly world = new World();
  replica: Replica;
  readonly #options: ReplicaOptions;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.replica = new Replica(this.world.cluster, options);
  }

  async stop(): Promise<void> {
    await this.replica.store.stop();
  }

  /** Starts another one, which remembers nothing. */
  start(): void {
    this.replica = new Replica(this.world.cluster, this.#options);
  }
}

/** A row of the reference: what users do, and what every Service holds in the end. */
export interface Row {
  /** Ids in the reference that the row is about. */
  readonly id: string;
  readonly says: string;
  readonly steps: readonly Step[];
  /** Addresses in the status of every Service. */
  readonly holds: Readonly<Record<string, readonly string[]>>;
  /** Reasons of conditions Allocated. */
  readonly reasons?: Readonly<Record<string, string>>;
  /** What the messages of conditions Allocated contain. */
  readonly messages?: Readonly<Record<string, string>>;
  /** Fields of a pool's status. */
  readonly counts?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Reasons of conditions Accepted of pools. */
  readonly pools?: Readonly<Record<string, string>>;
  /** Whether the last step makes the controller write nothing at all. */
  readonly silent?: true;
  /** Expects what else must hold. */
  readonly also?: (world: World) => void;
  /** Services that the controller serves; those without a class and those of Fairlead's unless told. */
  readonly classes?: ClassFilter;
  /** Whether MetalLB's annotations count: `--compat=metallb`. */
  readonly compat?: "metallb";
  /** What MetalLB does instead, where Fairlead differs on purpose. */
  readonly metallb?: string;
}

/** Runs the rows as tests. */
export function referenceTable(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    for (const row of rows) {
      const differs = row.metallb === undefined ? "" : ` (MetalLB: ${row.metallb})`;
      it(`${row.id}: ${row.says}${differs}`, async () => expectRow(row));
    }
  });
}

async function expectRow(row: Row): Promise<void> {
  const run = new Run(row);
  const { world } = run;
  let version = world.cluster.version;
  for (const step of row.steps) {
    await step(world, run);
    version = world.cluster.version;
    await run.replica.settle();
  }
  expect(world.statuses).to.deep.equal(row.holds);
  for (const [name, reason] of Object.entries(row.reasons ?? {})) expect(world.reason(name)).to.equal(reason);
  for (const [name, text] of Object.entries(row.messages ?? {})) {
    expect(world.condition(name)?.message).to.contain(text);
  }
  for (const [name, counts] of Object.entries(row.counts ?? {})) {
    expect(world.poolStatus(name)).to.deep.include(counts);
  }
  for (const [name, reason] of Object.entries(row.pools ?? {})) {
    expect(world.poolStatus(name).conditions, name).to.have.nested.property("[0].reason", reason);
  }
  if (row.silent) expect(world.cluster.version).to.equal(version);
  row.also?.(world);
}

/** Both families, IPv4 first. */
export const DUAL = { clusterIPs: ["10.96.0.1", "fd00::1"] };
/** IPv6 alone. */
export const V6 = { clusterIPs: ["fd00::1"] };
/** {@link DUAL}, of which each must be had. */
export const REQUIRE = { ...DUAL, ipFamilyPolicy: "RequireDualStack" };
/** {@link DUAL}, of which one will do. */
export const PREFER = { ...DUAL, ipFamilyPolicy: "PreferDualStack" };

/** Creates or changes a pool of these addresses; `more` goes over its spec. */
export function aPool(name: string, addresses: readonly string[], more: object = {}): Step {
  return ({ cluster }) => void cluster.apply(pool(name, { addresses, ...more }));
}

/** Deletes a pool. */
export function noPool(name: string): Step {
  return ({ cluster }) => cluster.delete({ kind: "IPAddressPool", name });
}

/** Creates or changes a Service of TCP 80 of IPv4; `annotations` by their short names replace all that it has. */
export function aService(
  name: string,
  annotations: Partial<Record<keyof typeof ANNOTATIONS, string>> = {},
  spec: object = {},
  labels: Readonly<Record<string, string>> = {},
): Step {
  const full = Object.entries(annotations).map(([short, value]) => [
    ANNOTATIONS[short as keyof typeof ANNOTATIONS],
    value,
  ]);
  return (world) => void world.service(name, spec, { annotations: Object.fromEntries(full), labels });
}

/** Deletes a Service. */
export function noService(name: string): Step {
  return (world) => world.deleteService(name);
}
