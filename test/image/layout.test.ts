import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { billOf, npmNames, packagesIn, withoutLicence } from "./bill.ts";

const image = new URL("../../hack/image/", import.meta.url).pathname;
const architecture = process.arch;

function run(program: string, ...args: string[]) {
  // Nothing of the environment: the image has none of it.
  return spawnSync(program, args, { encoding: "utf8", env: { PATH: "/usr/bin:/bin" } });
}

describe("what the image has beside Debian", () => {
  // Far from the checkout, or modules that are missing would be found in its node_modules.
  const root = mkdtempSync(join(tmpdir(), "fairlead-layout-"));
  const node = join(root, "opt/fairlead/node_modules/.bin/node");
  const check = () => run(node, join(image, "check.ts"), root);

  before(() => {
    const { status, stderr } = run(process.execPath, join(image, "layout.ts"), root);
    expect(status, stderr).to.equal(0);
  });
  after(() => rmSync(root, { recursive: true }));

  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  for (const program of ["fairlead-controller", "fairlead-speaker"]) {
    it(`starts ${program}`, () => {
      const { stdout, stderr } = run(join(root, "usr/local/bin", program), "--version");
      expect(stdout.trim(), stderr).to.equal(version);
    });
  }

  it("loads its native code and its deciding thread", () => {
    const { status, stdout, stderr } = check();
    expect(stderr).to.equal("");
    expect(status).to.equal(0);
    expect(stdout.match(/^check: [\w-]+( thread)?:/gm)).to.have.length(5);
  });

  for (const missing of [
    "dist/fairlead-controller.mjs",
    "dist/fairlead-speaker-decider.mjs",
    "node_modules/koffi/src",
    `node_modules/@koromix/koffi-linux-${architecture}/linux_${architecture}`,
    "node_modules/raw-socket/build",
  ]) {
    it(`is found out without ${missing}`, () => {
      const path = join(root, "opt/fairlead", missing);
      renameSync(path, `${path}.away`);
      const { status, stderr } = check();
      renameSync(`${path}.away`, path);
      expect(status).to.equal(1);
      expect(stderr).to.match(/^check: .*: it must run, got: /m);
    });
  }

  it("has a valid bill of materials with every package that a bundle or the native code is made of", async () => {
    const names = npmNames(await billOf(root));
    expect(names).to.include.members(packagesIn(join(root, "opt/fairlead/node_modules")));
    const bundled = ["commander", "pino", "undici", "yaml", "zod", "prom-client", "ip-address", "nan", "koffi"];
    expect(names.map((name) => name.replace(/@[^@]+$/, ""))).to.include.members([
      ...bundled,
      "@kubernetes/client-node",
      `@koromix/koffi-linux-${architecture}`,
      `node-linux-${architecture}`,
    ]);
    expect(names.filter((name) => /^(mocha|esbuild|typescript|chai|@fairlead\/)/.test(name))).to.deep.equal([]);
  });

  it("has the licence of each of them, and Fairlead's", async () => {
    expect(withoutLicence(root, npmNames(await billOf(root)))).to.deep.equal([]);
    const own = readFileSync(new URL("../../LICENSE", import.meta.url), "utf8");
    expect(readFileSync(join(root, "usr/share/fairlead/LICENSE"), "utf8")).to.equal(own);
  });

  it("is the same when it is laid out again", () => {
    const again = mkdtempSync(join(tmpdir(), "fairlead-layout-"));
    run(process.execPath, join(image, "layout.ts"), again);
    const { stdout, status } = run("diff", "-r", "--no-dereference", root, again);
    rmSync(again, { recursive: true });
    expect(stdout).to.equal("");
    expect(status).to.equal(0);
  });

  it("has no musl build, sources, or packages of others' tools", () => {
    const paths = readdirSync(root, { recursive: true }).map(String);
    expect(paths.filter((path) => /musl|\.(ts|cc|hh|h|S|map)$|\/(npm|doc|test)\//.test(path))).to.deep.equal([]);
  });
});
