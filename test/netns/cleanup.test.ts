import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pool, service } from "@fairlead/kube/testing";
import { parseAddress } from "@fairlead/net";
import { NftCommand } from "@fairlead/nftables/io";
import { systemClock } from "@fairlead/runtime/io";
import { Daemon, joinByVeth, Namespace, newLog, until } from "@fairlead/testing";
import { expect } from "chai";
import { stringify } from "yaml";
import { LateFrames } from "../../packages/l2/src/responder/late-frames.ts";

const FOREIGN = "table inet fairlead-lb {\n  chain c { }\n}\ntable ip nat {\n  chain c { }\n}\n";
const ADDRESSES = ["192.168.50.200", "fd50::200", "192.168.60.200"];
const PATIENCE = { withinMillis: 20_000 };

const program = (name: string) => fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));

describe("fairlead-speaker --cleanup", () => {
  let node: Namespace;
  let lan: Namespace;
  let folder: string;
  const daemons: Daemon[] = [];

  before(async () => {
    node = await Namespace.create("node");
    lan = await Namespace.create("lan");
    folder = await mkdtemp(join(tmpdir(), "fairlead-cleanup-"));
    // What is set to "down" for a moment, to be renamed, must not lose its addresses.
    await node.run("sysctl", "-qw", "net.ipv6.conf.all.keep_addr_on_down=1", "net.ipv6.conf.default.accept_dad=0");
    await joinByVeth(node, "eth0", lan, "port0");
    await node.ip("address add 192.168.50.1/24 dev eth0", "address add fd50::1/64 dev eth0");
    await node.nft(FOREIGN);
    const objects = [
      { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } },
      pool("lan", { addresses: ["192.168.50.200/32", "fd50::200/128"] }),
      pool("other", { addresses: ["192.168.60.200/32"] }),
      service("dual", { ipFamilies: ["IPv4", "IPv6"], ipFamilyPolicy: "RequireDualStack" }),
      service("web", {}),
    ];
    await writeFile(join(folder, "all.yaml"), objects.map((object) => stringify(object)).join("---\n"));
  });
  after(async () => {
    await Promise.all(daemons.map((daemon) => daemon.stop("SIGKILL")));
    await Promise.all([node.delete(), lan.delete()]);
    await rm(folder, { recursive: true, force: true });
  });

  const start = (name: string, ...more: string[]) => {
    const args = ["--store", `dir:${folder}`, "--metrics-port", "0", ...more];
    const daemon = Daemon.start({ name, namespace: node, command: program(name), args, log: newLog(name) });
    daemons.push(daemon);
    return daemon;
  };

  /** What a speaker could have changed of the node. */
  async function state(): Promise<Record<string, string>> {
    const outputs = {
      ruleset: await node.run("nft", "list", "ruleset"),
      addresses: await node.run("ip", "-oneline", "address", "show", "dev", "eth0"),
      rules: await node.run("ip", "rule", "show"),
      routes: await node.run("ip", "route", "show", "table", "all"),
      anycast: await node.run("cat", "/proc/net/anycast6"),
      sysctls: await node.run("sysctl", "--all", "--ignore", "--pattern", "^net\\.ipv[46]\\."),
    };
    return Object.fromEntries(Object.entries(outputs).map(([what, { stdout }]) => [what, stdout]));
  }

  it("removes all that a killed speaker has left, for links that were renamed or are gone too, and nothing else", async () => {
    const before = await state();
    await joinByVeth(node, "gone", lan, "port1");
    await node.ip("address add 192.168.60.1/24 dev gone");
    start("fairlead-controller");
    const speaker = start("fairlead-speaker", "--node-name", "n1");
    const answered = (address: string) =>
      speaker
        .output()
        .split("\n")
        .some((line) => line.includes("address announced") && line.includes(`"${address}"`));
    await until("it answers for all addresses", () => ADDRESSES.every(answered), PATIENCE);
    const tables = async () => (await node.run("nft", "list", "tables")).stdout;
    await until(
      "each link has its table",
      async () => (await tables()).match(/netdev fairlead/g)?.length === 2,
      PATIENCE,
    );
    await speaker.stop("SIGKILL");
    // As after a hand-over, which takes two nodes.
    const [command, args] = node.commandLine("nft");
    const nft = new NftCommand({ command: [command, ...args] });
    const index = Number.parseInt((await node.run("ip", "-oneline", "link", "show", "eth0")).stdout, 10);
    const late = new LateFrames({ nft, clock: systemClock, link: { index, name: "eth0" } });
    const former = parseAddress("192.168.50.2");
    await late.follow(new Map([["192.168.50.200", former]]), new Set(["192.168.50.200"]));
    for (const name of ["inet fairlead", `ip fairlead-l2-${index}`, `ip6 fairlead-l2-${index}`]) {
      expect(await tables()).to.contain(`table ${name}\n`);
    }
    expect((await state()).sysctls).not.to.equal(before.sysctls);

    await node.ip("link delete gone", "link set eth0 down", "link set eth0 name lan7", "link set lan7 up");
    await node.run(program("fairlead-speaker"), "--cleanup");
    await node.ip("link set lan7 down", "link set lan7 name eth0", "link set eth0 up");
    expect(await state()).to.deep.equal(before);
    await node.run(program("fairlead-speaker"), "--cleanup");
    expect(await state()).to.deep.equal(before);
  });

  it("needs CAP_NET_ADMIN and no other capability", async () => {
    await node.nft("table inet fairlead { }\n");
    const only = ["--inh-caps", "-all,+net_admin", "--bounding-set", "-all,+net_admin"];
    await node.run("setpriv", ...only, "--no-new-privs", program("fairlead-speaker"), "--cleanup");
    expect((await node.run("nft", "list", "tables")).stdout).not.to.contain("inet fairlead\n");
    const none = ["--inh-caps", "-all", "--bounding-set", "-all", program("fairlead-speaker"), "--cleanup"];
    const refusal = await node.run("setpriv", ...none).catch((error: { stderr?: string }) => error.stderr);
    expect(refusal).to.contain("CAP_NET_ADMIN");
  });
});
