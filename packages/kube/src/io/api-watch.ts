import { type KindName, objectKey } from "@fairlead/model";
import { backoffDelay, type Clock, type Log } from "@fairlead/runtime";
import { KINDS } from "../kinds.ts";
import { type ObjectSink, type RawObject, StoreError, type WatchScope } from "../ports.ts";
import { scopeQuery } from "../watch-scope.ts";
import type { ApiConnection } from "./api-connection.ts";
import { collectionPath } from "./api-path.ts";

const PAGE = 500;
/**
 * After which part of the silence limit the API server is asked to end a watch, at least and at most: it sends bookmarks
 * only when it has newer versions to tell of, which kinds that rarely change may not have for ten minutes. By chance
 * between the two, so that a thousand watches that began together do not stay together.
 */
const ENDS_AFTER = { least: 0.6, most: 0.8 };
/** An upgrade of the API server may bring a kind that was not there. */
const ABSENT_RETRY_MILLIS = 600_000;
const RETRY = { first: 100, most: 5_000 };

interface ListPage {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly RawObject[];
}

interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: RawObject & { readonly code?: number; readonly message?: string };
}

/** What an {@link ApiWatch} asks the API server by. */
export type WatchConnection = Pick<ApiConnection, "send" | "lines">;

/** What an {@link ApiWatch} needs besides its connection. */
export interface ApiWatchOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** A watch that says nothing for this long is dead; at least 2 s. The API server is asked to end it well before. */
  readonly silenceMillis: number;
  readonly onRestart: (kind: KindName, cause: string) => void;
}

/**
 * Keeps a cache equal to what the API server has of one kind: lists, then watches from there. An end of the watch, a
 * broken or silent connection, 429 and 5xx are ordinary: it goes on from the last version it saw; 410 lists anew.
 */
export class ApiWatch {
  readonly #kind: KindName;
  readonly #scope: WatchScope;
  readonly #connection: WatchConnection;
  readonly #cache: ObjectSink;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #silenceMillis: number;
  readonly #onRestart: (kind: KindName, cause: string) => void;
  #stopped = false;
  #version: string | undefined;

  constructor(
    scope: WatchScope,
    connection: WatchConnection,
    cache: ObjectSink,
    { clock, log, silenceMillis, onRestart }: ApiWatchOptions,
  ) {
    this.#kind = scope.kind;
    this.#scope = scope;
    this.#connection = connection;
    this.#cache = cache;
    this.#clock = clock;
    this.#log = log.child({ kind: scope.kind });
    this.#silenceMillis = silenceMillis;
    this.#onRestart = onRestart;
  }

  /** Runs until stop(). Never rejects. */
  async run(): Promise<void> {
    let failures = 0;
    let wasExpired = false;
    while (!this.#stopped) {
      try {
        this.#version ??= await this.#list();
        if (this.#version === undefined) {
          await this.#wait(ABSENT_RETRY_MILLIS);
          continue;
        }
        const isWell = () => {
          failures = 0;
          wasExpired = false;
        };
        await this.#watch(isWell);
        isWell();
        await this.#wait(RETRY.first);
      } catch (error) {
        if (this.#stopped) return;
        if (this.#version === undefined) this.#cache.failed(this.#kind, error);
        const expired = error instanceof StoreError && error.reason === "Expired";
        if (expired) this.#version = undefined;
        // The API server is back and well: a list helps at once, however long it was away.
        failures = expired && !wasExpired ? 1 : failures + 1;
        wasExpired ||= expired;
        this.#onRestart(this.#kind, error instanceof StoreError ? error.reason : "Unavailable");
        const retryIn = backoffDelay(failures, RETRY, this.#clock.random());
        this.#log.warn({ err: String(error), retryInMillis: Math.round(retryIn) }, "watch interrupted; going on");
        await this.#wait(retryIn);
      }
    }
  }

  /** Ends run(), once its connection is closed. */
  stop(): void {
    this.#stopped = true;
  }

  // undefined where the API server does not know the kind, and need not.
  async #list(): Promise<string | undefined> {
    try {
      return await this.#listAll();
    } catch (error) {
      const absent = error instanceof StoreError && error.reason === "NotFound" && KINDS[this.#kind].optional;
      if (!absent) throw error;
      this.#cache.replaceAll(this.#kind, [], "0");
      this.#cache.failed(this.#kind, error);
      return undefined;
    }
  }

  async #listAll(): Promise<string> {
    const list = this.#cache.list(this.#kind);
    for (let next = "", count = 0; ; ) {
      const path = this.#path({ limit: String(PAGE), ...(next !== "" && { continue: next }) });
      const { items, metadata } = await this.#connection.send<ListPage>({ method: "GET", path });
      list.add(items);
      count += items.length;
      next = metadata.continue ?? "";
      if (next !== "") continue;
      list.end(metadata.resourceVersion);
      this.#log.debug({ objects: count }, "listed");
      return metadata.resourceVersion;
    }
  }

  async #watch(onEvent: () => void): Promise<void> {
    const part = ENDS_AFTER.least + (ENDS_AFTER.most - ENDS_AFTER.least) * this.#clock.random();
    const path = this.#path({
      watch: "1",
      allowWatchBookmarks: "true",
      timeoutSeconds: String(Math.floor((part * this.#silenceMillis) / 1_000)),
      resourceVersion: this.#version ?? "",
    });
    await this.#connection.lines(path, this.#silenceMillis, (line) => {
      if (line === "") return;
      this.#take(parseEvent(line));
      onEvent();
    });
  }

  #path(query: Readonly<Record<string, string>>): string {
    const { kind, namespace } = this.#scope;
    return `${collectionPath(kind, namespace)}?${new URLSearchParams({ ...query, ...scopeQuery(this.#scope) })}`;
  }

  #take({ type, object }: WatchEvent): void {
    if (type === "ERROR") {
      throw new StoreError(object.code === 410 ? "Expired" : "Unavailable", object.message ?? "watch failed");
    }
    if (type === "DELETED") {
      this.#cache.remove(this.#kind, objectKey(object.metadata), object.metadata.uid ?? "");
    } else if (type !== "BOOKMARK") {
      this.#cache.put(this.#kind, object);
    }
    this.#version = object.metadata.resourceVersion ?? this.#version;
  }

  #wait(delay: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(delay, resolve));
  }
}

function parseEvent(line: string): WatchEvent {
  try {
    return JSON.parse(line) as WatchEvent;
  } catch (cause) {
    throw new StoreError("Unavailable", "Watch sent a line that is not JSON", { cause });
  }
}
