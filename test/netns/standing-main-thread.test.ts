import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "@fairlead/testing";
import { expect } from "chai";

const PORT = 17_473;
const PROGRAM = fileURLToPath(new URL("./standing-main-thread.ts", import.meta.url));
const PATIENT = { dead: 60_000, notReady: 500, metrics: 300 };
const PATIENCE = { withinMillis: 20_000 };

async function get(path: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`http://127.0.0.1:${PORT}${path}`);
  return { status: response.status, body: await response.text() };
}

describe("the health port of a speaker whose main thread stands still", () => {
  let folder: string;
  let process: ChildProcess;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fairlead-standing-"));
  });
  afterEach(async () => {
    if (process.exitCode === null && process.kill("SIGKILL")) await once(process, "exit");
    await rm(folder, { recursive: true, force: true });
  });

  const start = (limits: typeof PATIENT) => {
    process = fork(PROGRAM, [folder, String(PORT), JSON.stringify(limits)], { silent: true });
  };
  const isReady = () => until("it is ready", async () => (await get("/readyz")).status === 200, PATIENCE);

  it("says that the process is healthy but not ready, and is ready when the thread goes on", async () => {
    start(PATIENT);
    await isReady();
    expect((await get("/metrics")).body).to.contain("fairlead_standing_test_total 1");
    process.send(3_000);
    await until("it is not ready", async () => (await get("/readyz")).body.includes("stands still"), PATIENCE);
    expect(await get("/healthz")).to.deep.include({ status: 200 });
    const metrics = await get("/metrics");
    expect(metrics.status).to.equal(503);
    expect(metrics.body).to.match(/^Cannot tell the metrics: the main thread must answer within 0\.3 s; .* ago\n$/);
    await until(
      "it has stood for two seconds",
      async () => /ran 2\.\d s ago/.test((await get("/healthz")).body),
      PATIENCE,
    );
    await isReady();
    expect((await get("/metrics")).status).to.equal(200);
  });

  it("says that the process is dead when the thread does not come back", async () => {
    start({ ...PATIENT, dead: 3_000 });
    await isReady();
    process.send(-1);
    const last = await until(
      "it is dead",
      async () => {
        const answer = await get("/healthz");
        return answer.status === 503 && answer;
      },
      PATIENCE,
    );
    expect(last.body).to.match(
      /^dead: the main thread must run at least every 3\.0 s; the main thread last ran 3\.\d s ago\n$/,
    );
  });

  it("is told of when it cannot be had: the process ends and says so", async () => {
    const taken = createServer().listen(PORT);
    await once(taken, "listening");
    start(PATIENT);
    let said = "";
    process.stderr?.on("data", (text) => {
      said += text;
    });
    await once(process, "exit");
    taken.close();
    expect(process.exitCode).to.equal(1);
    expect(said).to.contain("EADDRINUSE");
  });
});
