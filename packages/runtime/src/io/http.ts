import { createServer } from "node:http";
import { metrics } from "../metrics.ts";

/** Why a process is not ready yet, or undefined if it is. */
export type NotReady = () => string | undefined;

/**
 * Serves /metrics (Prometheus text), /healthz (200 while the process runs) and /readyz (200, or 503 with the reason).
 *
 * @param port - 0 serves nothing.
 * @returns a function that ends it.
 * @throws Error when the port can't be had.
 */
export async function serveHealth(port: number, notReady: NotReady): Promise<() => Promise<void>> {
  if (port === 0) return async () => {};
  const server = createServer(async (request, response) => {
    // Not new URL(): that throws for "//", and here nothing would catch it.
    switch (request.url?.split("?", 1)[0]) {
      case "/metrics":
        response.setHeader("Content-Type", metrics.contentType).end(await metrics.metrics());
        return;
      case "/healthz":
        response.end("ok\n");
        return;
      case "/readyz": {
        const why = notReady();
        response.writeHead(why === undefined ? 200 : 503).end(`${why ?? "ok"}\n`);
        return;
      }
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
