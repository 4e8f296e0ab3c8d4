import { ALLOCATED, allocationName, ObjectCache, type RawObject, StoreError } from "@fairlead/kube";
import { ingressOf, MemoryCluster, MemoryStore, pool, type StoreCall, service } from "@fairlead/kube/testing";
import type { ClassFilter } from "@fairlead/model";
import { parseAddress } from "@fairlead/net";
import { MemoryLog } from "@fairlead/runtime/testing";
import { apply, type Outcome } from "../src/apply.ts";
import { decide, type Plan } from "../src/decide.ts";
import { CONTROLLER_KINDS, takeSnapshot } from "../src/snapshot.ts";
import { countPools, poolPlans } from "../src/status/pool-plan.ts";

const CLASSES: ClassFilter = { loadBalancerClass: "fairlead.dev/fairlead", unclassed: true };
const NOW = "2026-06-01T00:00:00Z";

/** One controller's view of a cluster, moved by hand: no clock, no lease. */
export class Replica {
  readonly store: MemoryStore;
  readonly log = new MemoryLog();
  readonly events: string[] = [];
  readonly #cache = new ObjectCache(() => {});
  readonly #classes: ClassFilter;

  constructor(cluster: MemoryCluster, classes = CLASSES) {
    this.#classes = classes;
    this.store = new MemoryStore(cluster);
    this.store.watch(CONTROLLER_KINDS, this.#cache);
  }

  plan(): Plan {
    return decide(takeSnapshot(this.#cache, this.#classes).snapshot);
  }

  /** Decides and applies once. */
  async step(): Promise<Outcome> {
    const { snapshot, problems, versions } = takeSnapshot(this.#cache, this.#classes);
    const plan = decide(snapshot);
    const pools = poolPlans(this.#cache, countPools(plan), [...problems, ...plan.problems], NOW);
    const note = ({ object, reason }: { object: { name: string }; reason: string }) => {
      this.events.push(`${object.name} ${reason}`);
    };
    return apply(plan, pools, { store: this.store, log: this.log, now: NOW, versions, note });
  }

  /** Whether nothing is left to do. */
  get idle(): boolean {
    const { snapshot, problems } = takeSnapshot(this.#cache, this.#classes);
    const plan = decide(snapshot);
    const pools = poolPlans(this.#cache, countPools(plan), [...problems, ...plan.problems], NOW);
    return plan.services.length + plan.orphans.length + pools.length === 0;
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
  readonly cluster = new MemoryCluster();

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

  /** The Service that holds each address, by the records. */
  get records(): Record<string, string> {
    return Object.fromEntries(
      this.cluster.list("IPAllocation").map(({ metadata, spec }) => {
        const { serviceRef } = spec as { serviceRef: { name: string } };
        return [metadata.name, serviceRef.name];
      }),
    );
  }

  /** A status of an IPAddressPool. */
  poolStatus(name: string): Record<string, unknown> {
    return (this.cluster.get({ kind: "IPAddressPool", name })?.status ?? {}) as Record<string, unknown>;
  }
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
