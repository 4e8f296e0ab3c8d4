import { StringDecoder } from "node:string_decoder";
import { type Dispatcher, errors, Pool } from "undici";
import { explainConnectFailure, wordsOf } from "../connect-failure.ts";
import { StoreError, type StoreErrorReason } from "../ports.ts";
import { type Credentials, loadCredentials } from "./kubeconfig.ts";

/** A request to the API server. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path with query, from "/api" or "/apis". */
  readonly path: string;
  readonly body?: unknown;
  /** Media type of the body; application/json unless told. */
  readonly contentType?: string;
}

/** For an answer to begin, and for each next part of it. */
const REQUEST_TIMEOUT_MILLIS = 30_000;
/** Whoever waits for the first answer is to be told soon that there is none. */
const CONNECT_TIMEOUT_MILLIS = 5_000;
/** Less than the 90 s after which the API server ends a connection that nobody uses. */
const KEEP_ALIVE_MILLIS = 60_000;
/** Service-account tokens are renewed on disk well before they expire; reading them this often follows in time. */
const CREDENTIALS_MAX_AGE_MILLIS = 60_000;

/**
 * HTTP to the API server with the credentials of a kubeconfig or a pod: renews them when they grow old and when the
 * server answers 401, and turns every failure into a {@link StoreError}.
 */
export class ApiConnection {
  readonly #file: string | undefined;
  readonly #maxSockets: number;
  /** The latest, and earlier ones that still have requests under way. */
  readonly #pools = new Set<Pool>();
  #current: { readonly credentials: Credentials; readonly pool: Pool } | undefined;
  #loadedAt = 0;
  #closed = false;

  /** @param maxSockets - connections at once at most; Infinity for watches. */
  constructor(file: string | undefined, maxSockets: number) {
    this.#file = file;
    this.#maxSockets = maxSockets;
  }

  /** Reads the credentials. @throws KubeConfigError when they can't be used. */
  async prepare(): Promise<void> {
    const credentials = await loadCredentials(this.#file);
    this.#loadedAt = performance.now();
    if (this.#closed || this.#current?.credentials.fingerprint === credentials.fingerprint) return;
    this.#connect(credentials);
  }

  /** Sends a request and returns the JSON of the answer. */
  async send<T>(request: ApiRequest): Promise<T> {
    const body = await this.#exchange(request, REQUEST_TIMEOUT_MILLIS);
    try {
      return JSON.parse(body) as T;
    } catch (cause) {
      throw new StoreError("Unavailable", `Cannot read the answer to ${describe(request)}: ${wordsOf(cause)}`, {
        cause,
      });
    }
  }

  /**
   * Sends a GET whose answer is lines without end (a watch). The promise resolves when the server ends the answer.
   *
   * @param silenceMillis - gives up, as on a broken connection, when nothing comes for so long.
   * @param onLine - told of each line, without its end. What it throws ends the request, and is thrown on.
   */
  async lines(path: string, silenceMillis: number, onLine: (line: string) => void): Promise<void> {
    await this.#exchange({ method: "GET", path }, silenceMillis, onLine);
  }

  /** Ends every request under way. */
  close(): void {
    this.#closed = true;
    for (const pool of this.#pools) void pool.destroy(new Error("closed"));
  }

  /** Sends what comes from now on over fresh connections. */
  #connect(credentials: Credentials): void {
    const old = this.#current?.pool;
    const pool = new Pool(credentials.server.origin, {
      connections: Number.isFinite(this.#maxSockets) ? this.#maxSockets : null,
      connect: { ...credentials.tls, timeout: CONNECT_TIMEOUT_MILLIS },
      headersTimeout: REQUEST_TIMEOUT_MILLIS,
      keepAliveTimeout: KEEP_ALIVE_MILLIS,
      allowH2: false, // on one connection all would wait for what one packet holds up
    });
    this.#pools.add(pool);
    this.#current = { credentials, pool };
    // It goes when the requests that it has under way have ended.
    if (old !== undefined) void old.close().then(() => this.#pools.delete(old));
  }

  /** Returns the body of an answer that is no failure; "" if its lines went elsewhere. */
  async #exchange(request: ApiRequest, silenceMillis: number, onLine?: (line: string) => void): Promise<string> {
    const age = performance.now() - this.#loadedAt;
    if (this.#current === undefined || age > CREDENTIALS_MAX_AGE_MILLIS) await this.#renew(request);
    const first = await this.#once(request, silenceMillis, onLine);
    if (first.status !== 401) return bodyOf(request, first);
    await this.#renew(request, "Unauthorized");
    return bodyOf(request, await this.#once(request, silenceMillis, onLine));
  }

  // A kubeconfig that is being written, or a volume that is being remounted, is no reason to forget what still works.
  async #renew(request: ApiRequest, needed?: StoreErrorReason): Promise<void> {
    try {
      await this.prepare();
    } catch (cause) {
      this.#loadedAt = performance.now();
      if (needed !== undefined || this.#current === undefined) {
        throw new StoreError(needed ?? "NoCredentials", `Cannot ${describe(request)}: ${wordsOf(cause)}`, { cause });
      }
    }
  }

  async #once(request: ApiRequest, silenceMillis: number, onLine?: (line: string) => void): Promise<Answer> {
    if (this.#current === undefined || this.#closed) throw new StoreError("Unavailable", "API connection is closed");
    const { credentials, pool } = this.#current;
    const { method, path, contentType = "application/json" } = request;
    const body = request.body === undefined ? null : JSON.stringify(request.body);
    const headers = {
      ...credentials.headers,
      accept: "application/json",
      "user-agent": "fairlead",
      ...(body !== null && { "content-type": contentType }),
    };
    const prefix = credentials.server.pathname.replace(/\/$/, "");
    try {
      return await new Promise<Answer>((resolve, reject) => {
        const options = { method, path: prefix + path, headers, body, bodyTimeout: silenceMillis };
        pool.dispatch(options, new Receiver(resolve, reject, onLine));
      });
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      // If a firewall has forgotten this connection, it has forgotten the idle ones too.
      const silent = cause instanceof errors.HeadersTimeoutError || cause instanceof errors.BodyTimeoutError;
      if (silent && pool === this.#current?.pool && !this.#closed) this.#connect(credentials);
      const why = explainConnectFailure(credentials.server.origin, cause);
      throw new StoreError("Unavailable", `Cannot ${describe(request)}: ${why}`, { cause });
    }
  }
}

interface Answer {
  readonly status: number;
  /** "" if its lines went elsewhere. */
  readonly body: string;
}

/** Takes one answer. Answers are short and many: a stream for each would cost more than all the rest. */
class Receiver implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: Error) => void;
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #decoder = new StringDecoder("utf8");
  #status = 0;
  #text = "";

  constructor(
    resolve: (answer: Answer) => void,
    reject: (error: Error) => void,
    onLine: ((line: string) => void) | undefined,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#onLine = onLine;
  }

  // Called before the request is sent; undici wants it to be there.
  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#text += this.#decoder.write(chunk);
    if (this.#onLine === undefined || !isSuccess(this.#status)) return;
    const lines = this.#text.split("\n");
    this.#text = lines.pop() ?? "";
    try {
      for (const line of lines) this.#onLine(line);
    } catch (error) {
      controller.abort(error instanceof Error ? error : new Error(String(error)));
    }
  }

  onResponseEnd(): void {
    this.#resolve({ status: this.#status, body: this.#text });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
  }
}

function bodyOf(request: ApiRequest, { status, body }: Answer): string {
  if (isSuccess(status)) return body;
  const explained = `API server answered ${status}: ${explanation(body)}`;
  throw new StoreError(reasonOf(status, body), `Cannot ${describe(request)}: ${explained}`);
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function reasonOf(status: number, body: string): StoreErrorReason {
  switch (status) {
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "NotFound";
    case 409:
      return body.includes('"AlreadyExists"') ? "AlreadyExists" : "Conflict";
    case 410:
      return "Expired";
    case 400:
    case 413:
    case 415:
    case 422:
      // What the API server calls a patch of an object that has another uid by now.
      return body.includes('"field":"metadata.uid"') ? "Conflict" : "Invalid";
    default:
      return "Unavailable";
  }
}

function describe({ method, path }: ApiRequest): string {
  return `${method} ${path}`;
}

function explanation(body: string): string {
  try {
    return String((JSON.parse(body) as { message?: unknown }).message ?? body);
  } catch {
    return body.slice(0, 200);
  }
}
