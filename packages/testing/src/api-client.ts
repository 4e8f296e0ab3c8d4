import { request } from "node:https";
import type { ApiAccess } from "./kubeconfig.ts";

/** A parsed answer of the API server. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Media types of the three kinds of patch (RFC 7386, RFC 6902, server-side apply). */
export type PatchKind = "merge" | "json" | "apply";

const MEDIA_TYPES: Record<PatchKind, string> = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  apply: "application/apply-patch+yaml",
};

/** The few requests by which the tests set a scene; quicker than a kubectl process each. */
export class ApiClient {
  readonly #access: ApiAccess;

  constructor(access: ApiAccess) {
    this.#access = access;
  }

  /** @throws Error with the server's message unless the status is 2xx; so do all requests below. */
  async get(path: string): Promise<unknown> {
    return this.#expectSuccess("GET", path);
  }

  async post(path: string, body: object): Promise<unknown> {
    return this.#expectSuccess("POST", path, body);
  }

  async put(path: string, body: object): Promise<unknown> {
    return this.#expectSuccess("PUT", path, body);
  }

  async patch(path: string, kind: PatchKind, body: object): Promise<unknown> {
    return this.#expectSuccess("PATCH", path, body, MEDIA_TYPES[kind]);
  }

  async delete(path: string): Promise<unknown> {
    return this.#expectSuccess("DELETE", path);
  }

  /**
   * Sends one request on a connection of its own, and takes any status.
   *
   * @throws Error when there is no answer within 30 s.
   */
  send(method: string, path: string, body?: object, contentType = "application/json"): Promise<ApiAnswer> {
    const { server, authority, token } = this.#access;
    const headers = { authorization: `Bearer ${token}`, "content-type": contentType };
    return new Promise((resolve, reject) => {
      const options = { method, headers, ca: authority, agent: false, signal: AbortSignal.timeout(30_000) } as const;
      const outgoing = request(new URL(path, server), options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({ status: response.statusCode ?? 0, body: text.startsWith("{") ? JSON.parse(text) : text });
        });
      });
      outgoing.on("error", reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async #expectSuccess(method: string, path: string, body?: object, contentType?: string): Promise<unknown> {
    const answer = await this.send(method, path, body, contentType);
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw new Error(`Cannot ${method} ${path}: the API server answered ${answer.status}: ${messageOf(answer.body)}`);
  }
}

function messageOf(body: unknown): string {
  if (typeof body === "object" && body !== null && "message" in body) return String(body.message);
  return String(body);
}
