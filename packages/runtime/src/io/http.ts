import { createServer, type ServerResponse } from "node:http";
import type { Health, Verdict } from "../health.ts";
import { metrics } from "../metrics.ts";

/**
 * Serves /metrics (Prometheus text), /healthz and /readyz: 200, or 503 with the reason.
 *
 * @param port - 0 serves nothing.
 * @returns a function that ends it.
 * @throws Error when the port can't be had.
 */
export async function serveHealth(port: number, health: Health): Promise<() => Promise<void>> {
  if (port === 0) return async () => {};
  const server = createServer(async (request, response) => {
    // Not new URL(): that throws for "//", and here nothing would catch it.
    switch (request.url?.split("?", 1)[0]) {
      case "/metrics":
        try {
          const text = await health.metrics();
          response.setHeader("Content-Type", metrics.contentType).end(text);
        } catch (error) {
          answer(response, { ok: false, line: error instanceof Error ? error.message : String(error) });
        }
        return;
      case "/healthz":
        return answer(response, health.healthy());
      case "/readyz":
        return answer(response, health.ready());
      default:
        response.writeHead(404).end("Not found: there are /metrics, /healthz and /readyz\n");
    }
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, resolve);
  await promise;
  return async () => {
    server.closeAllConnections();
    await new Promise<void>((done) => server.close(() => done()));
  };
}

function answer(response: ServerResponse, { ok, line }: Verdict): void {
  response.writeHead(ok ? 200 : 503).end(`${line}\n`);
}
