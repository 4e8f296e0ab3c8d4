import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { createInterface } from "node:readline";
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

const REQUEST_TIMEOUT_MILLIS = 30_000;
/** Service-account tokens are renewed on disk well before they expire; reading them this often follows in time. */
const CREDENTIALS_MAX_AGE_MILLIS = 60_000;

/**
 * HTTP to the API server with the credentials of a kubeconfig or a pod: renews them when they grow old and when the
 * server answers 401, and turns every failure into a {@link StoreError}.
 */
export class ApiConnection {
  readonly #file: string | undefined;
  readonly #maxSockets: number;
  readonly #open = new Set<IncomingMessage>();
  #credentials: Credentials | undefined;
  #loadedAt = 0;
  #closed = false;

  /** @param maxSockets - connections at once at most. */
  constructor(file: string | undefined, maxSockets: number) {
    this.#file = file;
    this.#maxSockets = maxSockets;
  }

  /** Reads the credentials. @throws KubeConfigError when they can't be used. */
  async prepare(): Promise<void> {
    const renewed = await loadCredentials(this.#file, this.#maxSockets);
    if (this.#credentials?.fingerprint === renewed.fingerprint) renewed.close();
    else {
      // Requests under way keep the old agent's sockets; it is only no longer handed out.
      this.#credentials = renewed;
    }
    this.#loadedAt = performance.now();
  }

  /** Sends a request and returns the JSON of the answer. */
  async send<T>(request: ApiRequest): Promise<T> {
    const response = await this.#respond(request);
    response.setTimeout(REQUEST_TIMEOUT_MILLIS, () => response.destroy(new Error("the answer stopped half-way")));
    try {
      return JSON.parse(await textOf(response)) as T;
    } catch (cause) {
      throw new StoreError("Unavailable", `Cannot read the answer to ${describe(request)}: ${message(cause)}`, {
        cause,
      });
    } finally {
      this.#open.delete(response);
    }
  }

  /**
   * Sends a GET whose answer is lines without end (a watch), and yields them.
   *
   * @param silenceMillis - gives up, as on a broken connection, when nothing comes for so long.
   */
  async *lines(path: string, silenceMillis: number): AsyncGenerator<string> {
    const request: ApiRequest = { method: "GET", path };
    const response = await this.#respond(request);
    response.setTimeout(silenceMillis, () => response.destroy(new Error(`silence for ${silenceMillis} ms`)));
    try {
      for await (const line of createInterface({ input: response })) yield line;
      if (response.errored !== null) throw response.errored;
    } catch (cause) {
      throw new StoreError("Unavailable", `Watch ended: ${describe(request)}: ${message(cause)}`, { cause });
    } finally {
      this.#open.delete(response);
      response.destroy();
    }
  }

  /** Ends every request under way. */
  close(): void {
    this.#closed = true;
    for (const response of this.#open) response.destroy(new Error("closed"));
    this.#credentials?.close();
  }

  async #respond(request: ApiRequest): Promise<IncomingMessage> {
    if (performance.now() - this.#loadedAt > CREDENTIALS_MAX_AGE_MILLIS) await this.#renew(request);
    const first = await this.#once(request);
    if (first.statusCode !== 401) return this.#accept(request, first);
    first.resume();
    this.#open.delete(first);
    await this.#renew(request, "Unauthorized");
    return this.#accept(request, await this.#once(request));
  }

  // A kubeconfig that is being written, or a volume that is being remounted, is no reason to forget what still works.
  async #renew(request: ApiRequest, needed?: StoreErrorReason): Promise<void> {
    try {
      await this.prepare();
    } catch (cause) {
      this.#loadedAt = performance.now();
      if (needed !== undefined || this.#credentials === undefined) {
        throw new StoreError(needed ?? "Unavailable", `Cannot ${describe(request)}: ${message(cause)}`, { cause });
      }
    }
  }

  async #accept(request: ApiRequest, response: IncomingMessage): Promise<IncomingMessage> {
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    const body = await textOf(response).catch(message);
    this.#open.delete(response);
    throw new StoreError(
      reasonOf(status, body),
      `Cannot ${describe(request)}: API server answered ${status}: ${explanation(body)}`,
    );
  }

  async #once(request: ApiRequest): Promise<IncomingMessage> {
    const credentials = this.#credentials;
    if (credentials === undefined || this.#closed) throw new StoreError("Unavailable", "API connection is closed");
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const send = credentials.server.protocol === "http:" ? httpRequest : httpsRequest;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const outgoing = send(
      {
        agent: credentials.agent,
        host: credentials.server.hostname,
        port: credentials.server.port || (credentials.server.protocol === "http:" ? 80 : 443),
        path: credentials.server.pathname.replace(/\/$/, "") + request.path,
        method: request.method,
        headers: {
          ...credentials.headers,
          Accept: "application/json",
          "User-Agent": "fairlead",
          ...(body !== undefined && {
            "Content-Type": request.contentType ?? "application/json",
            "Content-Length": Buffer.byteLength(body),
          }),
        },
      },
      resolve,
    );
    const giveUp = () => outgoing.destroy(new Error(`no answer within ${REQUEST_TIMEOUT_MILLIS} ms`));
    const timer = setTimeout(giveUp, REQUEST_TIMEOUT_MILLIS).unref();
    outgoing.once("error", reject);
    outgoing.end(body);
    try {
      const response = await promise;
      this.#open.add(response);
      return response;
    } catch (cause) {
      throw new StoreError("Unavailable", `Cannot ${describe(request)}: ${message(cause)}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }
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

// Answers are short and many: without the iterator and decoder of stream/consumers each costs half as much.
function textOf(response: IncomingMessage): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  response.on("data", (chunk: Buffer) => chunks.push(chunk));
  response.once("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
  response.once("error", reject);
  response.once("close", () => reject(new Error("the answer stopped half-way")));
  return promise;
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

function message(error: unknown): string {
  return error instanceof Error ? error.message || String(error.cause ?? error.name) : String(error);
}
