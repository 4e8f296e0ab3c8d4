import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { parse } from "yaml";

/** Connections at once: as many as the controller has. */
const CONNECTIONS = 32;

/** A client that writes and does nothing else: what the API server alone allows. Watches nothing, reads no answer. */
export class BareClient {
  readonly #agent: Agent;
  readonly #server: URL;
  readonly #token: string;

  private constructor(server: URL, ca: Buffer | undefined, token: string) {
    this.#server = server;
    this.#token = token;
    this.#agent = new Agent({ ca, keepAlive: true, maxSockets: CONNECTIONS, scheduling: "lifo" });
  }

  /** Connects with the token of a kubeconfig that holds its certificate authority. */
  static async open(kubeconfig: string): Promise<BareClient> {
    const { clusters, users } = parse(await readFile(kubeconfig, "utf8")) as {
      clusters: { cluster: Record<string, string> }[];
      users: { user: { token: string } }[];
    };
    const {
      server = "",
      "certificate-authority-data": inline,
      "certificate-authority": path,
    } = clusters[0]?.cluster ?? {};
    const ca = inline === undefined ? path && (await readFile(path)) : Buffer.from(inline, "base64");
    return new BareClient(new URL(server), ca || undefined, users[0]?.user.token ?? "");
  }

  /** Sends one request. @throws Error unless it succeeds. */
  async send(method: string, path: string, body: unknown, contentType = "application/json"): Promise<void> {
    const text = JSON.stringify(body);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const outgoing = request(
      {
        agent: this.#agent,
        host: this.#server.hostname,
        port: this.#server.port,
        path,
        method,
        headers: {
          Authorization: `Bearer ${this.#token}`,
          "Content-Type": contentType,
          "Content-Length": Buffer.byteLength(text),
        },
      },
      (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        response.once("end", () => {
          if (status < 300) resolve();
          else reject(new Error(`Cannot ${method} ${path}: API server answered ${status}`));
        });
      },
    );
    outgoing.once("error", reject);
    outgoing.end(text);
    await promise;
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Does `work` for each number below `count`, as many at once as there are connections. */
export async function each(count: number, work: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const run = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, run));
}
