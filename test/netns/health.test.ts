import { request } from "node:http";
import { text } from "node:stream/consumers";
import { counter, ownHealth } from "@fairlead/runtime";
import { serveHealth } from "@fairlead/runtime/io";
import { expect } from "chai";

const PORT = 17_472;

/** Status and body of a GET; `path` goes out as it is. */
function get(path: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port: PORT, path, agent: false }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

describe("the health port", () => {
  let why: string | undefined;
  let stop: () => Promise<void>;
  before(() => {
    counter({ name: "fairlead_health_test_total", help: "Counts nothing." }).inc();
  });
  beforeEach(async () => {
    why = undefined;
    stop = await serveHealth(
      PORT,
      ownHealth(() => why),
    );
  });
  afterEach(() => stop());

  it("serves metrics as Prometheus text", async () => {
    const { status, body } = await get("/metrics?x=1");
    expect(status).to.equal(200);
    expect(body).to.contain("fairlead_health_test_total 1");
  });

  it("is healthy while it runs", async () => expect((await get("/healthz")).status).to.equal(200));

  it("is ready, or says why not", async () => {
    expect(await get("/readyz")).to.deep.equal({ status: 200, body: "ok\n" });
    why = "waiting";
    expect(await get("/readyz")).to.deep.equal({ status: 503, body: "waiting\n" });
  });

  for (const path of ["/", "//", "/nothing", "/metrics/", "http://[", "*"]) {
    it(`has nothing at ${path}, and goes on`, async () => {
      expect((await get(path)).status).to.be.oneOf([400, 404]);
      expect((await get("/healthz")).status).to.equal(200);
    });
  }

  it("refuses a port that is taken", async () => {
    const outcome = await serveHealth(
      PORT,
      ownHealth(() => undefined),
    ).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(Error).with.property("code", "EADDRINUSE");
  });

  it("serves nothing on port 0", async () =>
    (
      await serveHealth(
        0,
        ownHealth(() => undefined),
      )
    )());
});
