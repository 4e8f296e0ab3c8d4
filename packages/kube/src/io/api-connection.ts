import { errors, Pool } from "undici";
import { explainConnectFailure, wordsOf } from "../connect-failure.ts";
import { StoreError, type StoreErrorReason } from "../ports.ts";
import { AnswerReceiver } from "./answer-receiver.ts";
import { type ApiAnswer, bodyOf } from "./api-answer.ts";
import { type ApiRequest, describeRequest } from "./api-request.ts";
import { type Credentials, loadCredentials } from "./kubeconfig.ts";

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
      throw new StoreError("Unavailable", `Cannot read the answer to ${describeRequest(request)}: ${wordsOf(cause)}`, {
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
        throw new StoreError(needed ?? "NoCredentials", `Cannot ${describeRequest(request)}: ${wordsOf(cause)}`, {
          cause,
        });
      }
    }
  }

  async #once(request: ApiRequest, silenceMillis: number, onLine?: (line: string) => void): Promise<ApiAnswer> {
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
      return await new Promise<ApiAnswer>((resolve, reject) => {
        const options = { method, path: prefix + path, headers, body, bodyTimeout: silenceMillis };
        pool.dispatch(options, new AnswerReceiver(resolve, reject, onLine));
      });
    } catch (cause) {
      if (cause instanceof StoreError) throw cause;
      // If a firewall has forgotten this connection, it has forgotten the idle ones too.
      const silent = cause instanceof errors.HeadersTimeoutError || cause instanceof errors.BodyTimeoutError;
      if (silent && pool === this.#current?.pool && !this.#closed) this.#connect(credentials);
      const why = explainConnectFailure(credentials.server.origin, cause);
      throw new StoreError("Unavailable", `Cannot ${describeRequest(request)}: ${why}`, { cause });
    }
  }
}
