import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { ApiWatch } from "../../src/io/api-watch.ts";
import { type ObjectSink, StoreError } from "../../src/ports.ts";

const NONE: ObjectSink = {
  replaceAll() {},
  list: () => ({ add() {}, end() {} }),
  put() {},
  remove() {},
  failed() {},
  synced: () => true,
};
const unavailable = () => new StoreError("Unavailable", "connection refused");
const expired = () => new StoreError("Expired", "too old resource version");

/** Runs a watch whose requests end as the script says, and tells after how many milliseconds each was sent. */
async function run(watches: readonly (StoreError | "event" | "end")[]): Promise<string[]> {
  const clock = new FakeClock();
  clock.nextRandom = 1;
  const begun = clock.monotonic();
  const requests: string[] = [];
  const script = [...watches];
  const note = (what: string) => requests.push(`${what} ${Math.round(clock.monotonic() - begun)}`);
  const connection = {
    async send<T>() {
      note("list");
      return { metadata: { resourceVersion: "7" }, items: [] } as T;
    },
    async lines(_path: string, _silence: number, onLine: (line: string) => void) {
      note("watch");
      const next = script.shift();
      if (next === undefined) return new Promise<void>(() => {});
      if (next === "end") return;
      if (next !== "event") throw next;
      onLine(JSON.stringify({ type: "BOOKMARK", object: { metadata: { resourceVersion: "8" } } }));
    },
  };
  const options = { clock, log: new MemoryLog(), silenceMillis: 60_000, onRestart() {} };
  void new ApiWatch({ kind: "Service" }, connection, NONE, options).run();
  await clock.advance(120_000);
  return requests;
}

describe("ApiWatch", () => {
  it("tries again ever more seldom while the API server is away", async () => {
    expect(await run(Array.from({ length: 8 }, unavailable))).to.deep.equal([
      ...["list 0", "watch 0", "watch 100", "watch 300", "watch 700", "watch 1500", "watch 3100", "watch 6300"],
      ...["watch 11300", "watch 16300"],
    ]);
  });

  it("lists at once when the API server is back and has forgotten what was before, however long it was away", async () => {
    expect((await run([...Array.from({ length: 6 }, unavailable), expired()])).slice(-3)).to.deep.equal([
      "watch 6300",
      "list 6400",
      "watch 6400",
    ]);
  });

  it("lists ever more seldom if that does not help", async () => {
    const sent = await run(Array.from({ length: 5 }, expired));
    expect(sent.filter((request) => request.startsWith("list"))).to.deep.equal([
      ...["list 0", "list 100", "list 300", "list 700", "list 1500", "list 3100"],
    ]);
  });

  it("asks the API server to end a watch before its silence would be taken for a fault", async () => {
    const seconds: string[] = [];
    for (const nextRandom of [0, 1]) {
      const clock = new FakeClock();
      clock.nextRandom = nextRandom;
      const connection = {
        send: async <T>() => ({ metadata: { resourceVersion: "7" }, items: [] }) as T,
        async lines(path: string) {
          seconds.push(new URLSearchParams(path).get("timeoutSeconds") ?? "");
          await new Promise<void>(() => {});
        },
      };
      const options = { clock, log: new MemoryLog(), silenceMillis: 100_000, onRestart() {} };
      void new ApiWatch({ kind: "Service" }, connection, NONE, options).run();
      await clock.advance(0);
    }
    expect(seconds).to.deep.equal(["60", "80"]);
  });

  it("goes on at once after a watch that ended as it was asked to, whatever was before", async () => {
    expect(await run([unavailable(), unavailable(), unavailable(), "end", unavailable()])).to.deep.equal([
      ...["list 0", "watch 0", "watch 100", "watch 300", "watch 700", "watch 800", "watch 900"],
    ]);
  });

  it("goes on at once after an event, and from what that said", async () => {
    expect(await run([unavailable(), unavailable(), "event", unavailable()])).to.deep.equal([
      ...["list 0", "watch 0", "watch 100", "watch 300", "watch 400", "watch 500"],
    ]);
  });

  for (const [kind, reason, taken] of [
    ["ServiceCIDR", "NotFound", ["replaced by 0", "failed: NotFound"]],
    ["IPAddressPool", "NotFound", ["failed: NotFound"]],
    ["Service", "Forbidden", ["failed: Forbidden"]],
  ] as const) {
    it(`tells the cache that ${kind} cannot be listed: ${reason}`, async () => {
      const clock = new FakeClock();
      const told: string[] = [];
      const cache: ObjectSink = {
        ...NONE,
        replaceAll: (_kind, objects) => told.push(`replaced by ${objects.length}`),
        failed: (_kind, error) => told.push(`failed: ${(error as StoreError).reason}`),
      };
      const send = () => Promise.reject(new StoreError(reason, "no"));
      const options = { clock, log: new MemoryLog(), silenceMillis: 60_000, onRestart() {} };
      void new ApiWatch({ kind }, { send, lines: async () => {} }, cache, options).run();
      await clock.advance(0);
      expect(told).to.deep.equal(taken);
    });
  }

  it("does not tell of a watch that ended, since what was listed is there", async () => {
    const told: unknown[] = [];
    const clock = new FakeClock();
    const connection = {
      send: async <T>() => ({ metadata: { resourceVersion: "7" }, items: [] }) as T,
      lines: () => Promise.reject(unavailable()),
    };
    const options = { clock, log: new MemoryLog(), silenceMillis: 60_000, onRestart() {} };
    const cache: ObjectSink = { ...NONE, failed: (_kind, error) => told.push(error) };
    void new ApiWatch({ kind: "Service" }, connection, cache, options).run();
    await clock.advance(10_000);
    expect(told).to.deep.equal([]);
  });
});
