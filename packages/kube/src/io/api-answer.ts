import { StoreError, type StoreErrorReason } from "../ports.ts";
import { type ApiRequest, describeRequest } from "./api-request.ts";

/** What the API server answered. */
export interface ApiAnswer {
  readonly status: number;
  /** "" if its lines went elsewhere. */
  readonly body: string;
}

/** The body of an answer. @throws StoreError for one that is a failure. */
export function bodyOf(request: ApiRequest, { status, body }: ApiAnswer): string {
  if (isSuccess(status)) return body;
  const explained = `API server answered ${status}: ${explanation(body)}`;
  throw new StoreError(reasonOf(status, body), `Cannot ${describeRequest(request)}: ${explained}`);
}

/** Whether a status is one of those of success. */
export function isSuccess(status: number): boolean {
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

function explanation(body: string): string {
  try {
    return String((JSON.parse(body) as { message?: unknown }).message ?? body);
  } catch {
    return body.slice(0, 200);
  }
}
