import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RawObject } from "@fairlead/kube";
import { watchLinks } from "@fairlead/linux/io";
import { NftCommand } from "@fairlead/nftables/io";
import { Daemon, Namespace, newLog, until } from "@fairlead/testing";
import { expect } from "chai";
import { parse, stringify } from "yaml";
import { neededRules } from "../../packages/speaker/src/node-check/features.ts";

const SPEAKER = fileURLToPath(new URL("../../bin/fairlead-speaker", import.meta.url));
const READY = "http://127.0.0.1:17473/readyz";
/** What the operator is to know by then. */
const SOON = { withinMillis: 10_000 };

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly partial: boolean;
}

describe("a speaker on a node that lacks something", () => {
  let folder: string;
  let daemon: Daemon | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fairlead-node-check-"));
    await mkdir(join(folder, "cluster"));
    await mkdir(join(folder, "bin"));
    await nodeAt("127.0.0.1");
  });
  afterEach(async () => {
    await daemon?.stop("SIGKILL");
    daemon = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  async function nodeAt(address: string): Promise<void> {
    const status = { addresses: [{ type: "InternalIP", address }], conditions: [{ type: "Ready", status: "True" }] };
    const node = { apiVersion: "v1", kind: "Node", metadata: { name: "n1" }, status };
    await writeFile(join(folder, "cluster", "node.yaml"), stringify(node));
  }

  /** Puts a program of this name before all others. */
  async function fake(name: string, script: string): Promise<void> {
    const path = join(folder, "bin", name);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
  }

  function start(before: readonly string[] = [], more: readonly string[] = []): void {
    const options = [`--store=dir:${folder}/cluster`, "--node-name=n1", "--log-format=json", "--metrics-port=17473"];
    const [command = SPEAKER, ...args] = [...before, SPEAKER, ...options, ...more];
    const env = { PATH: `${folder}/bin:${process.env.PATH}` };
    daemon = Daemon.start({ name: "speaker", namespace: Namespace.own(), command, args, log: newLog("speaker"), env });
  }

  const readiness = async () => {
    const response = await fetch(READY);
    return { status: response.status, body: await response.text() };
  };

  /** Waits until the code is everywhere that it is to be, and returns its sentence. */
  async function told(code: string, { partial = false } = {}): Promise<string> {
    const started = Date.now();
    const check = () => daemon?.assertRunning();
    if (!partial) {
      const isNotReady = async () => {
        const { status, body } = await readiness();
        return status === 503 && body.startsWith(`${code}: Cannot `);
      };
      await until("/readyz says it", isNotReady, { ...SOON, check });
    }
    await until("the log says it", () => daemon?.output().includes(`"reason":"${code}"`), { ...SOON, check });
    const problem = await until("the status says it", () => problemOf(code), { ...SOON, check });
    expect(problem.partial).to.equal(partial);
    expect(Date.now() - started).to.be.lessThan(SOON.withinMillis);
    expect((await fetch(READY.replace("readyz", "healthz"))).status, "healthy").to.equal(200);
    console.log(`  ${code}: ${problem.message}`);
    return problem.message;
  }

  async function problemOf(code: string): Promise<Problem | undefined> {
    const text = await readFile(join(folder, "cluster/status/speakerstatuses/n1.yaml"), "utf8").catch(() => "");
    const status = (text === "" ? undefined : (parse(text) as RawObject).status) as
      | { problems?: Problem[] }
      | undefined;
    return status?.problems?.find((problem) => problem.code === code);
  }

  const ready = () => until("it is ready", async () => (await readiness()).status === 200, { withinMillis: 20_000 });

  for (const [what, set, names] of [
    ["NET_ADMIN", "-net_admin", /CAP_NET_ADMIN, /],
    ["NET_RAW", "-net_raw", /CAP_NET_RAW, /],
    ["either capability", "-net_admin,-net_raw", /CAP_NET_ADMIN and CAP_NET_RAW, /],
  ] as const) {
    it(`says so without ${what}, and does not end`, async () => {
      start(["setpriv", `--bounding-set=${set}`, `--inh-caps=${set}`]);
      expect(await told("CapabilityMissing")).to.match(names);
    });
  }

  it("is ready, and says nothing, on a node that has all", async () => {
    start();
    await ready();
    expect((await readiness()).body).to.equal("ok\n");
    expect(daemon?.output()).to.not.contain('"reason"');
  });

  it("says so in a network that is not its node's, until it is", async () => {
    await nodeAt("192.0.2.77");
    start();
    expect(await told("NotHostNetwork"))
      .to.contain("192.0.2.77")
      .and.to.contain("hostNetwork: true");
    await nodeAt("127.0.0.1");
    await ready();
    await until(
      "the status does not say it any more",
      async () => (await problemOf("NotHostNetwork")) === undefined,
      SOON,
    );
  });

  it("says so where nft does not run, and is ready once it does", async () => {
    await fake("nft", "echo 'nft: not found' >&2; exit 127");
    start();
    await told("NftMissing");
    await rm(join(folder, "bin", "nft"));
    await ready();
  });

  /** An nft that refuses what has this word in it, as the kernel does that lacks it. */
  const without = (word: string, version = "1.0.6") => {
    return fake(
      "nft",
      `[ "$1" = --version ] && { echo "nftables v${version} (Fake)"; exit; }
script=$(cat)
case $script in *"${word}"*) echo "/dev/stdin:1:1-9: Error: Could not process rule: No such file or directory" >&2; exit 1 ;; esac
PATH=\${PATH#*:}; export PATH
printf '%s\\n' "$script" | nft "$@"`,
    );
  };

  it("tries features that are there one by one, each by a script that nft takes", async () => {
    const links = await watchLinks();
    const lo = links.current().find(({ loopback }) => loopback);
    links.close();
    const tables = async () => (await Namespace.own().run("nft", "list", "tables")).stdout;
    const before = await tables();
    const nft = new NftCommand({ command: ["nft", "--check"] });
    for (const rules of Object.values(neededRules("direct", lo))) {
      for (const { name, script } of [rules, ...rules.parts])
        await nft.load(script).catch((cause) => expect.fail(`${name}: ${cause}`));
    }
    expect(await tables(), "nothing was loaded").to.equal(before);
  });

  it("names a feature of the kernel that forwarding lacks", async () => {
    await without("fib saddr");
    start();
    expect(await told("KernelFeatureMissing")).to.match(
      /take this, and refuse: fib \(Could not process rule: No such file or directory\)$/,
    );
  });

  it("says that nft is too old where that refuses the rules", async () => {
    await without("fib saddr", "0.9.8");
    start();
    expect(await told("NftTooOld")).to.contain("1.0.6 or later, got 0.9.8");
  });

  it("answers itself, and is ready, where only the kernel's answers cannot be had", async () => {
    await without("fwd to");
    start();
    expect(await told("KernelFeatureMissing", { partial: true })).to.match(
      /answers ARP and NDP itself.*take this, and refuse: forwarding from ingress \(fwd\)/,
    );
    await ready();
  });

  it("is not ready without them where the kernel must answer", async () => {
    await without("fwd to");
    start([], ["--responder=kernel"]);
    expect(await told("KernelFeatureMissing")).to.not.contain("itself");
  });
});
