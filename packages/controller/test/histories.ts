import { ANNOTATIONS, type StoreCall } from "@fairlead/kube";
import { pool, service } from "@fairlead/kube/testing";
import fc from "fast-check";
import type { Change } from "../src/rehearse.ts";
import { Replica, World } from "./world.ts";

// Few names, few addresses, so that histories meet themselves; IPv6 beside IPv4 to have two claims in one plan.
const NAMES = ["a", "b", "c", "d"] as const;
const POOLS = ["p", "q"] as const;
/** What pools are made of. */
export const RANGES = ["192.0.2.0/31", "192.0.2.1-192.0.2.3", "2001:db8::/127", "198.51.100.0/32"] as const;
const ADDRESSES = [...RANGES.map((range) => [range]), ["192.0.2.0/31", "2001:db8::/127"], ["nonsense"]] as const;
const CLUSTER_IPS = [["10.96.0.1"], ["fd00::1"], ["10.96.0.1", "fd00::1"]] as const;
const PORTS = [80, 443].map((port) => [{ name: "p", protocol: "TCP", port }]);
const REQUESTS = [
  {},
  {},
  { [ANNOTATIONS.loadBalancerIPs]: "192.0.2.1" },
  { [ANNOTATIONS.loadBalancerIPs]: "nonsense" },
  { [ANNOTATIONS.addressPool]: "q" },
  { [ANNOTATIONS.allowSharedIP]: "k" },
  { [ANNOTATIONS.allowSharedIP]: "k", [ANNOTATIONS.loadBalancerIPs]: "192.0.2.1" },
  { [ANNOTATIONS.reallocate]: "true" },
  { [ANNOTATIONS.addresses]: "2" },
  { [ANNOTATIONS.addressPool]: "q,p" },
] as const;

const CLAIMS = ["x", "y"] as const;
const CLAIMED = [
  { serviceName: "a" },
  { serviceName: "b", addresses: ["192.0.2.1"] },
  { serviceSelector: {} },
] as const;

type Spec = Readonly<Record<string, unknown>>;

/** What users do to a cluster. */
export type Deed =
  | { readonly do: "service"; readonly name: string; readonly spec: Spec; readonly annotations: object }
  | { readonly do: "delete"; readonly name: string }
  | { readonly do: "pool"; readonly name: string; readonly addresses: readonly string[]; readonly more: object }
  | { readonly do: "claim"; readonly name: string; readonly spec: object }
  | { readonly do: "deleteClaim"; readonly name: string }
  | { readonly do: "deletePool"; readonly name: string };

/** What happens to a cluster, or to one of its two controllers. */
export type Action =
  | Deed
  | { readonly do: "speak"; readonly addresses: readonly string[] }
  | { readonly do: "wait"; readonly seconds: number }
  | { readonly do: "restart"; readonly replica: number; readonly finalizer: boolean }
  | { readonly do: "step"; readonly replica: number }
  | { readonly do: "hear"; readonly replica: number; readonly events: number }
  | { readonly do: "hearKind"; readonly replica: number; readonly kind: "Service" | "IPAllocation" }
  | { readonly do: "crash"; readonly replica: number; readonly at: number; readonly after: boolean };

const name = fc.constantFrom(...NAMES);
const poolName = fc.constantFrom(...POOLS);
/** What a user does. */
export const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("service" as const),
      name,
      spec: fc.record({
        type: fc.constantFrom("LoadBalancer", "LoadBalancer", "LoadBalancer", "ClusterIP"),
        clusterIPs: fc.constantFrom(...CLUSTER_IPS),
        ports: fc.constantFrom(...PORTS),
        ipFamilyPolicy: fc.constantFrom("SingleStack", "PreferDualStack", "RequireDualStack"),
      }),
      annotations: fc.constantFrom(...REQUESTS),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), name }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("pool" as const),
      name: poolName,
      addresses: fc.constantFrom(...ADDRESSES),
      more: fc.constantFrom({}, {}, { coolDownSeconds: 60 }, { namespaceQuota: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("claim" as const),
      name: fc.constantFrom(...CLAIMS),
      spec: fc.constantFrom(...CLAIMED),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("deleteClaim" as const), name: fc.constantFrom(...CLAIMS) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("deletePool" as const), name: poolName }) },
);

const replica = fc.nat(1);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 11, arbitrary: deed },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("hearKind" as const),
      replica,
      kind: fc.constantFrom("Service", "IPAllocation"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("speak" as const),
      addresses: fc.subarray(["192.0.2.0", "192.0.2.1", "192.0.2.2", "2001:db8::"]),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 12 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("restart" as const), replica, finalizer: fc.boolean() }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("step" as const), replica }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("hear" as const), replica, events: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("crash" as const),
      replica,
      at: fc.integer({ min: 1, max: 4 }),
      after: fc.boolean(),
    }),
  },
);

/** What happens from one time that all is quiet to the next. */
export const phase = fc.array(action, { minLength: 2, maxLength: 14, size: "max" });
/** Phases of a history, each with whether the finalizer is wanted at its end. */
export const histories = fc.array(fc.tuple(phase, fc.boolean()), { minLength: 1, maxLength: 4, size: "max" });

/** What a user does, as a change of one object. */
export function changeOf(step: Deed): Change {
  const named = { namespace: "default", name: step.name };
  switch (step.do) {
    case "service":
      return { put: service(step.name, step.spec, { annotations: step.annotations }) };
    case "delete":
      return { delete: { kind: "Service", ...named } };
    case "pool":
      return { put: pool(step.name, { addresses: step.addresses, ...step.more }) };
    case "claim":
      return { put: { apiVersion: "fairlead.dev/v1beta1", kind: "IPClaim", metadata: named, spec: step.spec } };
    case "deleteClaim":
      return { delete: { kind: "IPClaim", ...named } };
    case "deletePool":
      return { delete: { kind: "IPAddressPool", name: step.name } };
  }
}

/** Does what a user does. */
export function perform({ cluster }: World, step: Deed): void {
  const change = changeOf(step);
  if ("put" in change) cluster.apply(change.put);
  else cluster.delete(change.delete);
}

/** Milliseconds; no withdrawal is waited for longer, as cool-downs are. */
const LONG = 10_001;

/** A world with two controllers that both act, as none would under a Lease: what holds here holds in any handover. */
export class History {
  readonly world = new World();
  readonly replicas: Replica[] = [];
  /** What a user has done to each Service since the last time that all was quiet. */
  readonly touched = new Set<string>();

  #now = "2026-06-01T00:00:00Z";

  /** Services that ever had a sharing key. */
  readonly everShared = new Set<string>();

  constructor() {
    this.world.pool("p", "192.0.2.0/31", "2001:db8::/127");
    this.world.pool("q", "192.0.2.2/31");
    this.world.service("a");
    this.world.service("b", { clusterIPs: CLUSTER_IPS[2] });
    this.replicas.push(this.#replica(true), this.#replica(true));
  }

  /** RFC 3339. */
  get now(): string {
    return this.#now;
  }

  async act(step: Action): Promise<void> {
    if (step.do === "service" || step.do === "delete") this.touched.add(step.name);
    if (step.do === "service" && ANNOTATIONS.allowSharedIP in step.annotations) this.everShared.add(step.name);
    switch (step.do) {
      case "speak":
        return this.#speak(step.addresses);
      case "wait":
        return this.#pass(step.seconds);
      case "restart":
        await this.#at(step.replica).store.stop();
        this.replicas[step.replica] = this.#replica(step.finalizer);
        return;
      case "step":
        return void (await this.#at(step.replica).step());
      case "hear":
        return this.#at(step.replica).store.deliver(step.events);
      case "hearKind":
        return this.#at(step.replica).store.deliverKind(step.kind);
      case "crash": {
        let left = step.at;
        const fatal = ({ verb }: StoreCall) => verb !== "get" && --left === 0;
        await this.#at(step.replica).crash(fatal, step.after ? "failAfter" : "failBefore");
        this.replicas[step.replica] = this.#replica(this.#at(step.replica).finalizer);
        return;
      }
      default:
        return perform(this.world, step);
    }
  }

  /** Both controllers, of one mind again, hear of everything and act until nothing is left to do or to wait long for. */
  async quiet(finalizer: boolean): Promise<void> {
    for (const [i, before] of this.replicas.entries()) {
      if (before.finalizer === finalizer) continue;
      await before.store.stop();
      this.replicas[i] = this.#replica(finalizer);
    }
    for (let round = 0; round < 16; round++) {
      for (const { store } of this.replicas) store.deliver();
      if (this.replicas.every((replica) => replica.idle && (replica.plan().againInMillis ?? LONG) >= LONG)) return;
      if (this.replicas.every(({ idle }) => idle)) this.#pass(10);
      for (const one of this.replicas) await one.step();
    }
    throw new Error("Cannot settle: the controllers never come to rest");
  }

  #at(index: number): Replica {
    const found = this.replicas[index];
    if (found === undefined) throw new Error(`Cannot find replica ${index}`);
    return found;
  }

  #speak(addresses: readonly string[]): void {
    const status = { layer2: { addresses: addresses.map((address) => ({ address })) } };
    const ref = { kind: "SpeakerStatus", name: "n1" } as const;
    const object = { apiVersion: "fairlead.dev/v1beta1", kind: "SpeakerStatus", metadata: { name: "n1" } };
    const { metadata } = this.world.cluster.get(ref) ?? this.world.cluster.create(object);
    this.world.cluster.patchStatus(ref, metadata.uid ?? "", status);
  }

  #pass(seconds: number): void {
    this.#now = new Date(Date.parse(this.#now) + seconds * 1000).toISOString();
    for (const replica of this.replicas) replica.now = this.#now;
  }

  #replica(finalizer: boolean): Replica {
    const made = new Replica(this.world.cluster, { finalizer });
    made.now = this.#now;
    made.store.holdEvents = true;
    return made;
  }
}
