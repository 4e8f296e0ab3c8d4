import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Machine } from "./machine.ts";

const FILES = [
  "hack/image/build",
  "hack/image/buildah",
  "hack/image/stand-ins",
  "hack/setup",
  "config/image/Containerfile",
  "config/image/Containerfile.dockerignore",
  ...[".npmrc", "LICENSE", "Makefile", "bin/fairlead-speaker", "package-lock.json", "package.json"],
  ...["packages/net/package.json", "tsconfig.json"],
];
const TOOLS = [
  "bash",
  "dirname",
  "sed",
  "timeout",
  "tar",
  "sort",
  "mktemp",
  "rm",
  "mkdir",
  "flock",
  "tail",
  "cat",
  "cut",
];

describe("hack/image/build", () => {
  let machine: Machine;
  beforeEach(() => {
    machine = new Machine(FILES, [...TOOLS, "sha256sum", "mv", "env", "touch"]);
    machine.stub("git", "exit 1");
    machine.stub("nice", '"$@"');
    machine.stub("id", "echo 1000");
    machine.stub("uname", "echo Linux");
    machine.stub("npm", "[ $3 = registry ] && echo https://npm.example/ || echo null");
  });
  afterEach(() => machine.remove());

  const withDocker = (build: string) => {
    const image = `${machine.folder}/docker-image`;
    machine.stub(
      "docker",
      `echo docker "$@" >>${machine.folder}/calls
       case "$1 $2" in
         "image inspect") case "$5" in *fairlead*) cat ${image} 2>/dev/null ;; esac ;;
         build*) ${build} ;;
         "save -o") echo saved >"$3" ;;
       esac`,
    );
    return machine;
  };
  const builds = (calls: readonly string[]) => calls.filter((call) => call.startsWith("docker build"));

  it("says at once what must be installed where neither docker nor buildah is", () => {
    const { status, says } = machine.run("hack/image/build");
    expect(status).to.equal(1);
    expect(says).to.equal(
      "image: Cannot build the image: docker (with its daemon running) or buildah (with runc) must be installed, got neither\n",
    );
  });

  it("builds with docker where its daemon answers, once for the same contents", () => {
    withDocker(`echo sha256:1 >${machine.folder}/docker-image`);
    const first = machine.run("hack/image/build");
    expect(first.says).to.include("is among docker's images");
    expect(first.status).to.equal(0);
    expect(builds(first.calls)).to.have.length(1);
    expect(builds(first.calls)[0]).to.match(
      /-f config\/image\/Containerfile -t docker.io\/library\/fairlead:\d+\.\d+\.\d+ --build-arg SOURCE_DATE_EPOCH=0 --secret id=npmrc,src=\S+ \.$/,
    );
    expect(builds(machine.run("hack/image/build").calls)).to.have.length(1);
    machine.stub("touch", `echo >>${machine.folder}/LICENSE`);
    machine.run("programs/touch");
    expect(builds(machine.run("hack/image/build").calls)).to.have.length(2);
    expect(builds(machine.run("hack/image/build", "--fresh").calls)[2]).to.include("--pull --no-cache");
  });

  it("saves an archive", () => {
    withDocker(`echo sha256:1 >${machine.folder}/docker-image`);
    const archive = join(machine.folder, "image.tar");
    expect(machine.run("hack/image/build", "--archive", archive).status).to.equal(0);
    expect(existsSync(archive)).to.equal(true);
    expect(existsSync(`${archive}.part`)).to.equal(false);
  });

  it("says how a build failed, leaves nothing, and builds again", () => {
    withDocker("echo 'step 7: no such file'; exit 1");
    const { status, says } = machine.run("hack/image/build");
    expect(status).to.equal(1);
    expect(says).to.match(/step 7: no such file\nimage: Cannot build the image: every step of .* must succeed/);
    const cache = join(machine.folder, ".cache/fairlead/images");
    expect(existsSync(join(cache, "built-by-docker"))).to.equal(false);
    expect(builds(machine.run("hack/image/build").calls)).to.have.length(2);
  });

  for (const { options, says } of [
    { options: ["--tool"], says: "an option must be --archive FILE, --fresh or --help, got: --tool" },
    { options: ["--archive"], says: "--archive must have a FILE" },
  ]) {
    it(`refuses ${options.join(" ")} with exit status 2`, () => {
      const ran = machine.run("hack/image/build", ...options);
      expect(ran.status).to.equal(2);
      expect(ran.says).to.include(says);
    });
  }

  it("has help", () => {
    const { status, prints } = machine.run("hack/image/build", "--help");
    expect(status).to.equal(0);
    expect(prints)
      .to.match(/^hack\/image\/build \[--archive FILE\]/)
      .and.not.include("#");
  });
});
