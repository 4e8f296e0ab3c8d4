import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ObjectCache } from "@fairlead/kube";
import { ApiStore } from "@fairlead/kube/io";
import type { KindName } from "@fairlead/model";
import { systemClock } from "@fairlead/runtime/io";
import { MemoryLog } from "@fairlead/runtime/testing";
import { until } from "@fairlead/testing";
import { expect } from "chai";

const KINDS: readonly KindName[] = ["IPAddressPool", "L2Advertisement", "ServiceCIDR"];
const SILENCE_MILLIS = 2_000;

/** An API server that has nothing to tell: watches get no event and no bookmark, and end when they were asked to. */
class QuietServer {
  readonly #server: Server;
  /** Watches that were begun so far, by path. */
  readonly watches = new Map<string, number>();
  /** Whether it lets watches end; false is a connection that lost its other end. */
  ends = true;

  constructor() {
    this.#server = createServer(({ url = "" }, response) => {
      const { pathname, searchParams } = new URL(url, "http://server");
      response.setHeader("Content-Type", "application/json");
      if (searchParams.has("watch")) return this.#watch(pathname, Number(searchParams.get("timeoutSeconds")), response);
      response.end(JSON.stringify({ metadata: { resourceVersion: "7" }, items: [] }));
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  #watch(path: string, seconds: number, response: ServerResponse): void {
    this.watches.set(path, (this.watches.get(path) ?? 0) + 1);
    response.flushHeaders();
    if (this.ends) setTimeout(() => response.end(), seconds * 1_000);
  }
}

describe("watching kinds that do not change", () => {
  let directory: string;
  let server: QuietServer;
  let store: ApiStore;
  let log: MemoryLog;
  let restarts: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "fairlead-quiet-"));
    server = new QuietServer();
    log = new MemoryLog();
    restarts = [];
    const kubeconfig = join(directory, "kubeconfig");
    const config = {
      clusters: [{ name: "quiet", cluster: { server: await server.listen(), "insecure-skip-tls-verify": true } }],
      users: [{ name: "admin", user: {} }],
      contexts: [{ name: "quiet", context: { cluster: "quiet", user: "admin" } }],
      "current-context": "quiet",
    };
    await writeFile(kubeconfig, JSON.stringify(config));
    const onRestart = (kind: KindName, cause: string) => void restarts.push(`${kind} ${cause}`);
    store = await ApiStore.open({ kubeconfig, clock: systemClock, log, silenceMillis: SILENCE_MILLIS, onRestart });
  });
  afterEach(async () => {
    await store.stop();
    await server.close();
    await rm(directory, { recursive: true });
  });

  const eachWatched = (times: number) =>
    until(`each kind was watched ${times} times`, () => {
      return server.watches.size === KINDS.length && [...server.watches.values()].every((count) => count >= times);
    });
  const warnings = () => log.lines.filter(({ level }) => level !== "debug");

  it("warns of nothing, and begins no watch anew for a fault, without events and bookmarks", async () => {
    store.watch(KINDS, new ObjectCache(() => {}));
    await eachWatched(4); // longer than the silence limit
    expect(warnings()).to.deep.equal([]);
    expect(restarts).to.deep.equal([]);
  });

  it("takes a connection that does not even end its watch for dead, and says so", async () => {
    server.ends = false;
    store.watch(KINDS, new ObjectCache(() => {}));
    await eachWatched(2);
    expect(restarts).to.have.members(KINDS.map((kind) => `${kind} Unavailable`));
    expect(warnings().map(({ message }) => message)).to.include("watch interrupted; going on");
  });
});
