import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";

const DEMO = fileURLToPath(new URL("../../hack/demo/simulated.ts", import.meta.url));

describe("the demo without namespaces", () => {
  it("ends well: an owner, another after it, and the gap between", async function () {
    this.timeout(30_000);
    const { stdout } = await promisify(execFile)(process.execPath, [DEMO], { env: {} });
    expect(stdout).to.match(/The owner is n\d.*The new owner is n\d.*gap seen by [^\n]*: \d+ ms.*\ndemo: OK\n$/s);
  });
});
