import { ALLOCATED, allocationName, MemoryCluster, type RawObject, type StoreCall, StoreError } from "@fairlead/kube";
import { FaultyStore, ingressOf, pool, service } from "@fairlead/kube/testing";
import type { ClassFilter } from "@fairlead/model";
import { parseAddress } from "@fairlead/net";
import { MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { AllocationIndex } from "../src/allocate/allocation-index.ts";
import { decide, type Plan } from "../src/plan/decide.ts";
import { affected, type Decision } from "../src/plan/decision.ts";
import { SteppedController } from "../src/stepped.ts";
import { Settled } from "../src/view/settled.ts";
import type { Snapshot } from "../src/view/snapshot.ts";
import { isOvertaken } from "../src/work/apply.ts";

const CLASSES: ClassFilter = { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true };
const NOW = "2026-06-01T00:00:00Z";

/** How a {@link Replica} was started. */
export interface ReplicaOptions {
  readonly classes?: ClassFilter | undefined;
  readonly compat?: "metallb" | undefined;
  readonly finalizer?: boolean | undefined;
}

/** One controller's view of a cluster, moved by hand: no clock, no lease. Each of its plans equals one made from scratch. */
export class Replica {
  readonly store: FaultyStore;
  readonly log = new MemoryLog();
  readonly events: string[] = [];
  /** RFC 3339. */
  now = NOW;
  readonly finalizer: boolean;
  readonly #controller: SteppedController;

  constructor(cluster: MemoryCluster, { classes = CLASSES, compat, finalizer = false }: ReplicaOptions = {}) {
    this.finalizer = finalizer;
    this.store = new FaultyStore(cluster);
    this.#controller = new SteppedController({
      store: this.store,
      log: this.log,
      note: ({ object, reason }) => void this.events.push(`${object.name} ${reason}`),
      now: () => Date.parse(this.now),
      classes,
      reading: { compat },
      finalizer,
    });
  }

  /** What a decision looks at now. */
  get snapshot(): Snapshot {
    return this.#controller.decide().snapshot;
  }

  plan(): Plan {
    return this.#decide().plan;
  }

  /** Decides and applies once. */
  async step(): Promise<{ readonly failures: readonly unknown[] }> {
    const failures = await this.#controller.carryOut(this.#decide());
    return { failures: failures.filter((error) => !isOvertaken(error)) };
  }

  /** Whether nothing is left to do. */
  get idle(): boolean {
    return affected(this.#decide()).length === 0;
  }

  #decide(): Decision {
    const decision = this.#controller.decide();
    const fresh = decide(anew(decision.snapshot), new Settled(), this.#controller.room);
    expect(decision.plan, "a decision that remembers others equals one that does not").to.deep.equal(fresh);
    return decision;
  }

  /** Steps until nothing is left to do. @throws Error when that takes more steps than it should. */
  async settle(): Promise<void> {
    for (let steps = 0; steps < 12; steps++) {
      if (this.idle) return;
      await this.step();
    }
    throw new Error(
      `Cannot settle: still to do ${JSON.stringify(this.plan(), (_, v) => (typeof v === "bigint" ? `${v}` : v))}`,
    );
  }

  /**
   * Decides, and dies before the first request that `fatal` says, or after it was done: as far as the cluster can see, at
   * least. Not to be used any more.
   */
  async crash(fatal: (call: StoreCall) => boolean, when: "failBefore" | "failAfter"): Promise<void> {
    let dead = false;
    const death = () => (dead ? new StoreError("Unavailable", "dead") : undefined);
    this.store.failBefore = death;
    this.store[when] = (call) => {
      dead ||= fatal(call);
      return death();
    };
    await this.step();
    await this.store.stop();
  }
}

/** A cluster and what its users do to it. */
export class World {
  readonly cluster: MemoryCluster;

  constructor(cluster = new MemoryCluster()) {
    this.cluster = cluster;
  }

  pool(name: string, ...addresses: string[]): void {
    this.cluster.apply(pool(name, { addresses }));
  }

  service(name: string, spec: object = {}, metadata: object = {}): RawObject {
    return this.cluster.apply(service(name, { clusterIPs: ["10.96.0.1"], ...spec }, { ...metadata }));
  }

  /** Writes status.loadBalancer.ingress as some other controller would. */
  ingress(name: string, ...addresses: string[]): void {
    const { metadata } = this.get(name);
    const ingress = addresses.map((text) => (/^[\d.]+$|:/.test(text) ? { ip: text } : { hostname: text }));
    this.cluster.patchStatus(refOfService(name), metadata.uid ?? "", { loadBalancer: { ingress } });
  }

  /** Notes this field manager as the last writer of a Service's status.loadBalancer. */
  writtenBy(name: string, manager: string): void {
    const held = this.get(name);
    const managedFields = [
      { manager, time: "2026-06-01T00:00:00Z", fieldsV1: { "f:status": { "f:loadBalancer": { "f:ingress": {} } } } },
    ];
    this.cluster.replace({ ...held, metadata: { ...held.metadata, managedFields } });
  }

  deleteService(name: string): void {
    this.cluster.delete(refOfService(name));
  }

  get(name: string): RawObject {
    const found = this.cluster.get(refOfService(name));
    if (found === undefined) throw new Error(`Cannot find Service ${name}`);
    return found;
  }

  /** Addresses in the status of each Service. */
  get statuses(): Record<string, string[]> {
    return Object.fromEntries(this.cluster.list("Service").map((object) => [object.metadata.name, ingressOf(object)]));
  }

  /** The reason in the condition Allocated of a Service. */
  reason(name: string): string | undefined {
    return this.condition(name)?.reason;
  }

  condition(name: string): { status: string; reason: string; message: string } | undefined {
    const status = this.get(name).status as {
      conditions?: { type: string; status: string; reason: string; message: string }[];
    };
    return status?.conditions?.find(({ type }) => type === ALLOCATED);
  }

  /** Who has each address, by the records: "web", "web for claim", "for claim", "(web)" while it cools down. */
  get records(): Record<string, string> {
    return Object.fromEntries(
      this.cluster.list("IPAllocation").map(({ metadata, spec }) => {
        const { serviceRef, claimRef, releasedAt } = spec as Record<string, { name: string } | undefined>;
        const holder = releasedAt === undefined ? serviceRef?.name : `(${serviceRef?.name})`;
        return [metadata.name, [holder, claimRef && `for ${claimRef.name}`].filter(Boolean).join(" ")];
      }),
    );
  }

  /** A status of an IPAddressPool. */
  poolStatus(name: string): Record<string, unknown> {
    return (this.cluster.get({ kind: "IPAddressPool", name })?.status ?? {}) as Record<string, unknown>;
  }
}

// The same state, with nothing that was derived from it change by change.
function anew(snapshot: Snapshot): Snapshot {
  const index = new AllocationIndex();
  for (const record of snapshot.index.records()) index.set(record.name, record);
  for (const name of snapshot.index.unreadable()) index.set(name, "unreadable");
  return { ...snapshot, index };
}

function refOfService(name: string) {
  return { kind: "Service", namespace: "default", name } as const;
}

/** An IPAllocation as the API has it. */
export function record(address: string, name: string, uid: string): RawObject {
  return {
    apiVersion: "fairlead.dev/v1beta1",
    kind: "IPAllocation",
    metadata: { name: allocationName(parseAddress(address)) },
    spec: { address, pool: "lan", serviceRef: { namespace: "default", name, uid } },
  };
}
