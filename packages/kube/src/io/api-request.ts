/** A request to the API server. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path with query, from "/api" or "/apis". */
  readonly path: string;
  readonly body?: unknown;
  /** Media type of the body; application/json unless told. */
  readonly contentType?: string;
}

/** "PATCH /api/v1/namespaces/default/services/web/status" */
export function describeRequest({ method, path }: ApiRequest): string {
  return `${method} ${path}`;
}
