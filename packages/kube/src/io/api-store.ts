import { type KindName, type ObjectRef, objectKey, type Permission } from "@fairlead/model";
import type { Clock, Log } from "@fairlead/runtime";
import { kindOf } from "../kinds.ts";
import { apiWrites } from "../metrics.ts";
import {
  type FinalizerChange,
  type ObjectSink,
  type RawObject,
  type StatusPatch,
  type Store,
  StoreError,
  type WatchedKind,
} from "../ports.ts";
import { scopedSink, scopesOf } from "../watch-scope.ts";
import { reviewAccess } from "./access-review.ts";
import { ApiConnection } from "./api-connection.ts";
import { collectionPath, objectPath } from "./api-path.ts";
import type { ApiRequest } from "./api-request.ts";
import { ApiWatch } from "./api-watch.ts";
import { KubeConfigError } from "./kubeconfig.ts";
import { patchStatus, type StatusRequests } from "./patch-status.ts";

/** Writes at once at most; the rest wait their turn. */
const WRITE_CONNECTIONS = 32;
/** Those for the Lease, which must not wait behind thousands of others: a leader that is at work would lose it. */
const LEASE_CONNECTIONS = 2;
const SILENCE_MILLIS = 100_000;

/** What an {@link ApiStore} needs. */
export interface ApiStoreOptions {
  /** Path of a kubeconfig; undefined means the service account of the pod. */
  readonly kubeconfig: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a watch may say nothing before it counts as dead: at least 2 s; 100 s unless told. */
  readonly silenceMillis?: number;
  /** Told of each time that a watch had to start again, and why. */
  readonly onRestart?: (kind: KindName, cause: string) => void;
}

/** The Kubernetes API as a store. */
export class ApiStore implements Store {
  readonly #writes: ApiConnection;
  readonly #leases: ApiConnection;
  readonly #watches: ApiConnection;
  readonly #options: ApiStoreOptions;
  readonly #statuses: StatusRequests = {
    get: (ref) => this.#for(ref.kind).send({ method: "GET", path: objectPath(ref) }),
    patch: async (ref, contentType, body) => {
      const path = `${objectPath(ref)}/status?fieldManager=fairlead`;
      return this.#written(await this.#write(ref.kind, "patch", { method: "PATCH", path, contentType, body }));
    },
  };
  #running: ApiWatch[] = [];
  #ended: Promise<unknown>[] = [];
  #cache: ObjectSink | undefined;

  private constructor(options: ApiStoreOptions) {
    this.#options = options;
    this.#writes = new ApiConnection(options.kubeconfig, WRITE_CONNECTIONS);
    this.#leases = new ApiConnection(options.kubeconfig, LEASE_CONNECTIONS);
    this.#watches = new ApiConnection(options.kubeconfig, Number.POSITIVE_INFINITY);
  }

  /**
   * An API server that does not answer is no error here, nor is a kubeconfig that can't be used: it may be written or
   * mounted later. Each request tries, and says why it could not.
   *
   * @throws KubeConfigError when there is no kubeconfig, and this is no pod.
   */
  static async open(options: ApiStoreOptions): Promise<ApiStore> {
    if (options.kubeconfig === undefined && process.env.KUBERNETES_SERVICE_HOST === undefined) {
      throw new KubeConfigError(
        "Cannot find the API server: --kubeconfig must name a kubeconfig, or this must run in a pod; got neither",
      );
    }
    const store = new ApiStore(options);
    await Promise.allSettled([store.#writes, store.#leases, store.#watches].map((connection) => connection.prepare()));
    return store;
  }

  watch(kinds: readonly WatchedKind[], cache: ObjectSink): void {
    const scopes = scopesOf(kinds);
    const sink = scopedSink(cache, scopes);
    this.#cache = sink;
    const { clock, log, silenceMillis = SILENCE_MILLIS, onRestart = () => {} } = this.#options;
    const options = { clock, log, silenceMillis, onRestart };
    this.#running = scopes.map((scope) => new ApiWatch(scope, this.#watches, sink, options));
    this.#ended = this.#running.map((watch) => watch.run());
  }

  async get(ref: ObjectRef): Promise<RawObject | undefined> {
    try {
      return await this.#for(ref.kind).send<RawObject>({ method: "GET", path: objectPath(ref) });
    } catch (error) {
      if (error instanceof StoreError && error.reason === "NotFound") return undefined;
      throw error;
    }
  }

  async create(object: RawObject): Promise<RawObject> {
    const kind = kindOfRaw(object);
    const path = collectionPath(kind, object.metadata.namespace);
    return this.#written(await this.#write(kind, "create", { method: "POST", path, body: object }));
  }

  async replace(object: RawObject): Promise<RawObject> {
    const { name, namespace } = object.metadata;
    const kind = kindOfRaw(object);
    const path = objectPath({ kind, ...(namespace !== undefined && { namespace }), name });
    return this.#written(await this.#write(kind, "update", { method: "PUT", path, body: object }));
  }

  async patchStatus(
    ref: ObjectRef,
    uid: string,
    patch: StatusPatch,
    version?: string,
    finalizer?: FinalizerChange,
  ): Promise<RawObject> {
    const precondition = { uid, ...(version !== undefined && { resourceVersion: version }) };
    return patchStatus(this.#statuses, ref, precondition, patch, finalizer);
  }

  async delete(ref: ObjectRef, uid: string, version?: string): Promise<void> {
    const preconditions = { uid, ...(version !== undefined && { resourceVersion: version }) };
    try {
      await this.#write(ref.kind, "delete", { method: "DELETE", path: objectPath(ref), body: { preconditions } });
    } catch (error) {
      const isGone = (reason: string) => reason === "NotFound" || (reason === "Conflict" && version === undefined);
      const gone = error instanceof StoreError && isGone(error.reason);
      if (!gone) throw error;
    }
    this.#cache?.remove(ref.kind, objectKey(ref), uid);
  }

  refused(permissions: readonly Permission[]): Promise<readonly Permission[]> {
    return reviewAccess(this.#writes, permissions);
  }

  async stop(): Promise<void> {
    for (const watch of this.#running) watch.stop();
    this.#watches.close();
    this.#writes.close();
    this.#leases.close();
    // A watch that waits out its back-off ends by itself; nothing waits for it.
    void Promise.allSettled(this.#ended);
  }

  async #write(kind: KindName, verb: string, request: ApiRequest): Promise<RawObject> {
    try {
      const answer = await this.#for(kind).send<RawObject>(request);
      apiWrites.inc({ kind, verb, outcome: "ok" });
      return answer;
    } catch (error) {
      apiWrites.inc({ kind, verb, outcome: error instanceof StoreError ? error.reason : "Unavailable" });
      throw error;
    }
  }

  #for(kind: KindName): ApiConnection {
    return kind === "Lease" ? this.#leases : this.#writes;
  }

  #written(object: RawObject): RawObject {
    const { deletionTimestamp, finalizers, uid = "" } = object.metadata;
    // The answer to a write that takes the last finalizer away is the object as it was: it is gone.
    const isGone = deletionTimestamp !== undefined && !(Array.isArray(finalizers) && finalizers.length > 0);
    if (isGone) this.#cache?.remove(kindOfRaw(object), objectKey(object.metadata), uid);
    else this.#cache?.put(kindOfRaw(object), object);
    return object;
  }
}

function kindOfRaw({ apiVersion, kind }: RawObject): KindName {
  const name = kindOf(apiVersion, kind);
  if (name === undefined)
    throw new StoreError("Invalid", `Cannot store ${apiVersion} ${kind}: not a kind of Fairlead's`);
  return name;
}
