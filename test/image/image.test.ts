import { execFile } from "node:child_process";
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { billOf, npmNames, packagesIn, withoutLicence } from "./bill.ts";

const checkout = new URL("../../", import.meta.url).pathname;
const { version } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
const NAME = `docker.io/library/fairlead:${version}`;
/** Octets that the image may have unpacked. */
const MOST_OCTETS = 230_000_000;

async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(join(checkout, program), args, { maxBuffer: 1 << 26 });
  return stdout.trim();
}
const buildah = (...args: string[]) => run("hack/image/buildah", ...args);

/** Octets of all files below a folder, each counted once however many names it has. */
function octets(folder: string, seen = new Set<number>()): number {
  let sum = 0;
  for (const name of readdirSync(folder)) {
    const stat = lstatSync(join(folder, name));
    if (stat.isDirectory()) sum += octets(join(folder, name), seen);
    else if (!seen.has(stat.ino)) sum += stat.size;
    seen.add(stat.ino);
  }
  return sum;
}

describe("the image, by hack/image/build", () => {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-image-"));
  const archive = join(folder, "image.tar");
  let container = "";
  let root = "";
  /** Runs a program in the image as its own user, without capabilities or network. */
  const inImage = (...command: string[]) =>
    buildah("run", "--cap-drop", "all", "--network", "none", container, "--", ...command);

  before(async function () {
    this.timeout(900_000);
    await run("hack/image/build", "--archive", archive);
    container = await buildah("from", `docker-archive:${archive}`);
    root = await buildah("mount", container);
  });
  after(async () => {
    if (container !== "") await buildah("rm", container);
    rmSync(folder, { recursive: true });
  });

  it("has the name under which config/ asks for it", async () => {
    const { stdout } = await promisify(execFile)("tar", ["-xOf", archive, "manifest.json"]);
    expect(JSON.parse(stdout)[0].RepoTags).to.have.length(1);
    expect(JSON.parse(stdout)[0].RepoTags[0]).to.be.oneOf([NAME, `fairlead:${version}`]);
    for (const manifest of ["controller.yaml", "speaker.yaml"]) {
      expect(readFileSync(join(checkout, "config", manifest), "utf8")).to.include(`image: fairlead:${version}\n`);
    }
  });

  for (const program of ["fairlead-controller", "fairlead-speaker"]) {
    it(`starts ${program}`, async () => expect(await inImage(program, "--version")).to.equal(version));
  }

  it("runs as user and group 65532 unless told otherwise, and starts the controller", async () => {
    expect(await inImage("id", "-u")).to.equal("65532");
    expect(await inImage("id", "-g")).to.equal("65532");
    const config = JSON.parse(await buildah("inspect", "--type", "container", container)).OCIv1.config;
    expect(config).to.deep.include({ User: "65532:65532", Cmd: ["fairlead-controller"] });
  });

  it("has the programs of Debian that the speaker calls", async () => {
    expect(await inImage("nft", "--version")).to.match(/^nftables v\d/);
    expect(await inImage("conntrack", "--version")).to.match(/^conntrack v\d/);
  });

  it(`is at most ${MOST_OCTETS / 1e6} MB unpacked`, () => {
    const parts = ["opt", "usr", "var", "etc"].map((part) => `${part} ${(octets(join(root, part)) / 1e6).toFixed(1)}`);
    console.log(`      ${(octets(root) / 1e6).toFixed(1)} MB unpacked: ${parts.join(", ")}`);
    expect(octets(root)).to.be.at.most(MOST_OCTETS);
  });

  it("has no compiler, package installer of npm, test tool, musl build, manual or translation", () => {
    const paths = readdirSync(root, { recursive: true }).map(String);
    const unwanted = [
      /(^|\/)s?bin\/(npm|npx|corepack|yarn|g?cc|[gc]\+\+|make|python3|git|tcpdump|arping)$/,
      /node_modules\/(npm|nan|mocha|esbuild|typescript)$|musl|\.(h|ts|map)$/,
      /share\/(man|locale|info)\/.*\.(gz|mo)$/,
    ];
    expect(paths.filter((path) => unwanted.some((pattern) => pattern.test(path)))).to.deep.equal([]);
  });

  it("has nothing of the machine that built it", () => {
    for (const name of ["etc/hostname", "etc/resolv.conf", "etc/hosts", "root/.npmrc", "etc/machine-id"]) {
      const file = join(root, name);
      expect(existsSync(file) ? readFileSync(file, "utf8") : "", name).to.equal("");
    }
    expect(readdirSync(join(root, "tmp"))).to.deep.equal([]);
    for (const name of ["usr/local/share/build-ca.pem", "run/check", "base", "src"]) {
      expect(existsSync(join(root, name)), name).to.equal(false);
    }
  });

  it("has a valid bill of materials that is complete", async () => {
    const bill = await billOf(root);
    expect(npmNames(bill)).to.include.members(packagesIn(join(root, "opt/fairlead/node_modules")));
    const node = await inImage("/opt/fairlead/node_modules/.bin/node", "--version");
    expect(bill.find(({ name }) => name.startsWith("node-linux-"))?.cpe).to.include(`:node.js:${node.slice(1)}:`);
    const installed = await inImage("dpkg-query", "-W", `-f=\${Package} \${Version}\n`);
    const debian = bill.filter(({ purl }) => purl.startsWith("pkg:deb/debian/"));
    const byName = debian.map(({ name, version: of }) => `${name} ${of}`);
    expect(byName).to.have.members(installed.split("\n")).and.to.have.length.above(50);
    expect(bill.filter(({ purl, licenses }) => purl.startsWith("pkg:npm/") && !licenses?.length)).to.deep.equal([]);
  });

  it("has the licence of everything in it", async () => {
    const bill = await billOf(root);
    expect(withoutLicence(root, npmNames(bill))).to.deep.equal([]);
    expect(existsSync(join(root, "usr/share/fairlead/LICENSE"))).to.equal(true);
    const lacking = bill
      .filter(({ purl }) => purl.startsWith("pkg:deb/"))
      .filter(({ externalReferences = [] }) => {
        const file = externalReferences.find(({ type }) => type === "license")?.url.slice("file://".length);
        return file === undefined || lstatSync(join(root, file)).size === 0;
      });
    expect(lacking.map(({ name }) => name)).to.deep.equal([]);
  });

  it("is not built again when nothing has changed", async function () {
    this.timeout(60_000);
    const before = await buildah("inspect", "--type", "image", "--format", "{{.FromImageID}}", NAME);
    const { stderr } = await promisify(execFile)(join(checkout, "hack/image/build"));
    expect(stderr).not.to.include("building");
    expect(await buildah("inspect", "--type", "image", "--format", "{{.FromImageID}}", NAME)).to.equal(before);
  });
});
