import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { parseDocument } from "yaml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const text = read(".github/workflows/release.yaml");
const document = parseDocument(text, { strict: true });
const workflow = document.toJS() as Workflow;
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
const scripts = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));

describe("the release workflow", () => {
  it("is YAML without faults", () => expect([...document.errors, ...document.warnings]).to.deep.equal([]));

  it("calls make for what is in the Makefile", () => {
    const targets = new Set(Array.from(read("Makefile").matchAll(/^([a-z0-9-]+):/gm), ([, target]) => target));
    const lines = scripts.flatMap((script) => [...script.matchAll(/\bmake ((?:[a-z0-9-]+ ?)+)/g)]);
    const called = lines.flatMap(([, names = ""]) => names.trim().split(" "));
    expect(called).to.include.members(["image", "chart", "manifests"]);
    expect(called.filter((target) => !targets.has(target))).to.deep.equal([]);
  });

  it("has each action at one commit, whose version is beside it", () => {
    const used = text.match(/uses: .*/g) ?? [];
    expect(used).to.have.length(steps.filter(({ uses }) => uses !== undefined).length);
    for (const line of used) expect(line).to.match(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("has the least permissions", () => {
    expect(workflow.permissions).to.deep.equal({});
    const permissions = Object.entries(workflow.jobs).map(([name, job]) => [name, job.permissions]);
    expect(Object.fromEntries(permissions)).to.deep.equal({
      image: { contents: "read", packages: "write", "id-token": "write" },
      publish: { contents: "write", packages: "write", "id-token": "write", attestations: "write" },
    });
  });

  it("has scripts that are Bash, and into which nothing from outside is pasted", () => {
    for (const script of scripts) {
      execFileSync("bash", ["-n"], { input: script, stdio: ["pipe", "ignore", "pipe"] });
      expect(script).not.to.contain("${{");
    }
  });

  it("names files that are there", () => {
    const files = steps
      .flatMap((step) => Object.entries(step.with ?? {}))
      .filter(([name]) => /-file$|-path$/.test(name));
    const named = files.flatMap(([, paths]) => paths.trim().split("\n")).filter((path) => !path.startsWith("dist/"));
    expect(named).to.include("hack/programs/helm/go.mod");
    expect(named.filter((path) => !existsSync(new URL(path, root)))).to.deep.equal([]);
  });

  it("takes its secrets from the forge's token alone", () => expect(text).not.to.match(/\bsecrets\b/));
});
