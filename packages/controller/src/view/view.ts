import { isDeepStrictEqual } from "node:util";
import { isOutOfReach, type KindValues, ObjectCache, type Reading } from "@fairlead/kube";
import { type KindName, type ObjectIdentity, objectKey, type Problem, type Service } from "@fairlead/model";
import { AllocationIndex } from "../allocate/allocation-index.ts";
import type { Surroundings } from "../allocate/context.ts";
import { acceptPools, surroundingsOf } from "../allocate/pools.ts";
import { reservedRanges } from "../allocate/reserved.ts";
import type { Snapshot, SpeakerAnswers } from "./snapshot.ts";

/** The kinds that the controller decides on. */
export const CONTROLLER_KINDS = [
  "Service",
  "Namespace",
  "IPAddressPool",
  "L2Advertisement",
  "IPAllocation",
  "IPClaim",
  "Node",
  "SpeakerStatus",
  "ServiceCIDR",
] as const satisfies readonly KindName[];

/** Kinds that allocation goes on without, if the API server does not let them be listed. */
export const DISPENSABLE_KINDS = ["IPClaim", "SpeakerStatus", "ServiceCIDR"] as const satisfies readonly KindName[];

/** Kinds a change of which may matter to every Service. */
const SURROUNDINGS: ReadonlySet<KindName> = new Set([
  "Namespace",
  "IPAddressPool",
  "IPClaim",
  "Node",
  "SpeakerStatus",
  "ServiceCIDR",
]);

/** The cluster as decisions look at it: a cache, and what is derived from it, kept up to date change by change. */
export class View {
  readonly cache: ObjectCache;
  readonly index = new AllocationIndex();
  readonly #problems = new Map<KindName, Map<string, readonly Problem[]>>();
  readonly #recorded = new Set<string>();
  /** Uid of each Service, by its key. */
  readonly #uids = new Map<string, string>();
  /** Uids of Services that were seen to go, and that still have records. */
  readonly #deleted = new Set<string>();
  #surroundings: Surroundings | undefined;
  /** What they were made of. */
  #sources: unknown;
  #sourcesChanged = true;
  #overlaps: readonly Problem[] = [];

  /** @param onChange - called after every change. */
  constructor(onChange: (kind: KindName, key: string | undefined) => void, reading: Reading = {}) {
    this.cache = new ObjectCache((kind, key) => {
      this.#take(kind, key);
      onChange(kind, key);
    }, reading);
  }

  /** Whether everything has been listed at least once, but for what can be done without and is out of reach. */
  get synced(): boolean {
    return this.waitedFor.length === 0;
  }

  /** Kinds that nothing is decided before the first list of. */
  get waitedFor(): KindName[] {
    return CONTROLLER_KINDS.filter((kind) => {
      const isNeeded = !(DISPENSABLE_KINDS as readonly KindName[]).includes(kind) || !isOutOfReach(this.cache, kind);
      return isNeeded && !this.cache.synced([kind]);
    });
  }

  /** Every Problem met in reading objects, and in using pools together. */
  problems(): Problem[] {
    this.#surround();
    return [...this.#problems.values()].flatMap((ofKind) => [...ofKind.values()].flat()).concat(this.#overlaps);
  }

  /** resourceVersion of a Service as it stands. */
  versionOf(service: Pick<Service, "namespace" | "name">): string | undefined {
    return this.cache.all("Service").get(objectKey(service))?.resourceVersion;
  }

  /** What decide() looks at. */
  snapshot(rest: Pick<Snapshot, "classes" | "finalizer" | "pending" | "wars" | "now">): Snapshot {
    const services = this.cache.all("Service");
    for (const uid of this.#deleted) if (this.index.ofService(uid).length === 0) this.#deleted.delete(uid);
    const serviceOf = (identity: ObjectIdentity) => {
      const found = services.get(objectKey(identity));
      return found?.uid === identity.uid && "value" in found.read ? found.read.value : undefined;
    };
    return {
      services: this.cache.values("Service"),
      serviceOf,
      deleted: this.#deleted,
      unreadable: new Set(["Service", "IPClaim"].flatMap((kind) => [...this.#unreadable(kind as KindName)])),
      claimsKnown: this.cache.synced(["IPClaim"]),
      index: this.index,
      claims: this.cache.values("IPClaim"),
      surroundings: this.#surround(),
      speakers: this.#speakers(),
      ...rest,
    };
  }

  #speakers(): SpeakerAnswers[] {
    return Array.from(this.cache.all("SpeakerStatus").values()).flatMap(({ read, seen }) => {
      return "value" in read ? [{ node: read.value.name, answers: read.value.answers, seen }] : [];
    });
  }

  *#unreadable(kind: KindName): Generator<string> {
    for (const key of this.#problems.get(kind)?.keys() ?? []) yield `${kind} ${key}`;
  }

  // The same for as long as they say the same: counts in the status of a pool, or what a speaker announces, change nothing.
  #surround(): Surroundings {
    if (this.#surroundings !== undefined && !this.#sourcesChanged) return this.#surroundings;
    this.#sourcesChanged = false;
    const { pools, problems } = acceptPools(this.cache.values("IPAddressPool"));
    const labels = new Map(this.cache.values("Namespace").map(({ name, labels }) => [name, labels]));
    const learned = reservedRanges(
      this.cache.values("Node"),
      this.cache.values("SpeakerStatus"),
      this.cache.values("ServiceCIDR"),
    );
    this.#overlaps = problems;
    const sources = [pools, labels, learned, this.cache.values("IPClaim")];
    if (this.#surroundings === undefined || !isDeepStrictEqual(sources, this.#sources)) {
      this.#surroundings = surroundingsOf(pools, labels, learned);
    }
    this.#sources = sources;
    return this.#surroundings;
  }

  #take(kind: KindName, key: string | undefined): void {
    if (SURROUNDINGS.has(kind)) this.#sourcesChanged = true;
    const objects = this.cache.all(kind as keyof KindValues);
    if (key === undefined) {
      this.#problems.set(kind, new Map());
      if (kind === "Service") for (const each of [...this.#uids.keys()]) this.#noteUid(each);
      if (kind === "IPAllocation") for (const name of this.#recorded) if (!objects.has(name)) this.#takeRecord(name);
      for (const each of objects.keys()) this.#takeOne(kind, each);
    } else this.#takeOne(kind, key);
  }

  #takeOne(kind: KindName, key: string): void {
    const object = this.cache.all(kind as keyof KindValues).get(key);
    const ofKind = this.#problems.get(kind) ?? new Map<string, readonly Problem[]>();
    this.#problems.set(kind, ofKind);
    if (object !== undefined && "problems" in object.read) ofKind.set(key, object.read.problems);
    else ofKind.delete(key);
    if (kind === "IPAllocation") this.#takeRecord(key);
    if (kind === "Service") this.#noteUid(key);
  }

  #noteUid(key: string): void {
    const before = this.#uids.get(key);
    const now = this.cache.all("Service").get(key)?.uid;
    if (before !== undefined && before !== now) this.#deleted.add(before);
    if (now === undefined) this.#uids.delete(key);
    else this.#uids.set(key, now);
  }

  #takeRecord(name: string): void {
    const object = this.cache.all("IPAllocation").get(name);
    if (object === undefined) this.#recorded.delete(name);
    else this.#recorded.add(name);
    this.index.set(name, object && ("value" in object.read ? object.read.value : "unreadable"));
  }
}
