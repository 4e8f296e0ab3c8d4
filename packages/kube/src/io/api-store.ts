import { type KindName, type ObjectRef, objectKey } from "@fairlead/model";
import type { Clock, Log } from "@fairlead/runtime";
import { KINDS, kindOf } from "../kinds.ts";
import { type ObjectSink, type RawObject, type StatusPatch, type Store, StoreError } from "../ports.ts";
import { ApiConnection } from "./api-connection.ts";
import { collectionPath, objectPath } from "./api-path.ts";
import { ApiWatch } from "./api-watch.ts";

/** Writes at once at most; the rest wait their turn. */
const WRITE_CONNECTIONS = 32;
const SILENCE_MILLIS = 100_000;

/** What an {@link ApiStore} needs. */
export interface ApiStoreOptions {
  /** Path of a kubeconfig; undefined means the service account of the pod. */
  readonly kubeconfig: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * How long a watch may say nothing before it counts as dead; 100 s unless told. The API server sends a bookmark about
   * once a minute, so it must be more than that.
   */
  readonly silenceMillis?: number;
  /** Told of each time that a watch had to start again, and why. */
  readonly onRestart?: (kind: KindName, cause: string) => void;
}

/** The Kubernetes API as a store. */
export class ApiStore implements Store {
  readonly #writes: ApiConnection;
  readonly #watches: ApiConnection;
  readonly #options: ApiStoreOptions;
  #running: ApiWatch[] = [];
  #ended: Promise<unknown>[] = [];
  #cache: ObjectSink | undefined;

  private constructor(options: ApiStoreOptions) {
    this.#options = options;
    this.#writes = new ApiConnection(options.kubeconfig, WRITE_CONNECTIONS);
    this.#watches = new ApiConnection(options.kubeconfig, Number.POSITIVE_INFINITY);
  }

  /** @throws KubeConfigError when the credentials can't be used; an API server that does not answer is no error. */
  static async open(options: ApiStoreOptions): Promise<ApiStore> {
    const store = new ApiStore(options);
    await Promise.all([store.#writes.prepare(), store.#watches.prepare()]);
    return store;
  }

  watch(kinds: readonly KindName[], cache: ObjectSink): void {
    this.#cache = cache;
    const { clock, log, silenceMillis = SILENCE_MILLIS, onRestart = () => {} } = this.#options;
    const options = { clock, log, silenceMillis, onRestart };
    this.#running = kinds.map((kind) => new ApiWatch(kind, this.#watches, cache, options));
    this.#ended = this.#running.map((watch) => watch.run());
  }

  async get(ref: ObjectRef): Promise<RawObject | undefined> {
    try {
      return await this.#writes.send<RawObject>({ method: "GET", path: objectPath(ref) });
    } catch (error) {
      if (error instanceof StoreError && error.reason === "NotFound") return undefined;
      throw error;
    }
  }

  async create(object: RawObject): Promise<RawObject> {
    const path = collectionPath(kindOfRaw(object), object.metadata.namespace);
    return this.#written(await this.#writes.send<RawObject>({ method: "POST", path, body: object }));
  }

  async replace(object: RawObject): Promise<RawObject> {
    const { name, namespace } = object.metadata;
    const path = objectPath({ kind: kindOfRaw(object), ...(namespace !== undefined && { namespace }), name });
    return this.#written(await this.#writes.send<RawObject>({ method: "PUT", path, body: object }));
  }

  async patchStatus(ref: ObjectRef, uid: string, patch: StatusPatch, version?: string): Promise<RawObject> {
    // Only built-in kinds know the strategic form, which merges conditions by type beside those of other writers.
    const builtin = !KINDS[ref.kind].apiVersion.startsWith("fairlead.dev/");
    const written = await this.#writes.send<RawObject>({
      method: "PATCH",
      path: `${objectPath(ref)}/status?fieldManager=fairlead`,
      contentType: builtin ? "application/strategic-merge-patch+json" : "application/merge-patch+json",
      body: { metadata: { uid, ...(version !== undefined && { resourceVersion: version }) }, status: patch },
    });
    return this.#written(written);
  }

  async delete(ref: ObjectRef, uid: string): Promise<void> {
    try {
      await this.#writes.send({ method: "DELETE", path: objectPath(ref), body: { preconditions: { uid } } });
    } catch (error) {
      const gone = error instanceof StoreError && (error.reason === "NotFound" || error.reason === "Conflict");
      if (!gone) throw error;
    }
    this.#cache?.remove(ref.kind, objectKey(ref), uid);
  }

  async stop(): Promise<void> {
    for (const watch of this.#running) watch.stop();
    this.#watches.close();
    this.#writes.close();
    // A watch that waits out its back-off ends by itself; nothing waits for it.
    void Promise.allSettled(this.#ended);
  }

  #written(object: RawObject): RawObject {
    this.#cache?.put(kindOfRaw(object), object);
    return object;
  }
}

function kindOfRaw({ apiVersion, kind }: RawObject): KindName {
  const name = kindOf(apiVersion, kind);
  if (name === undefined)
    throw new StoreError("Invalid", `Cannot store ${apiVersion} ${kind}: not a kind of Fairlead's`);
  return name;
}
