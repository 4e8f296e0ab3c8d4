import { Forwarding } from "@fairlead/forwarding";
import { parseAddress } from "@fairlead/net";
import { NftCommand } from "@fairlead/nftables/io";
import { systemClock } from "@fairlead/runtime/io";
import { type Daemon, type DualAddress, Lab, type LabNode, type LabPod, startWorkload } from "@fairlead/testing";
import { expect } from "chai";
import { aPort, aTable, here, there } from "../../packages/forwarding/test/builders.ts";
import { LateFrames } from "../../packages/l2/src/responder/late-frames.ts";
import { KEPT_TCP, type KeptClient, startKept } from "./forwarding-clients.ts";

const VIP: DualAddress = { ipv4: "198.51.100.10", ipv6: "fdee::10" };

/** One request on a connection of its own, which the server closes first: the client may use its port again at once. */
const ASK_ONCE = `
const [host, localPort] = process.argv.slice(1);
const socket = require("node:net").connect({ host, port: 80, localPort: Number(localPort) });
socket.on("connect", () => socket.write("GET / HTTP/1.0\\r\\n\\r\\n")).resume();`;

describe("connections of an address that is handed over", () => {
  let lab: Lab;
  let former: LabNode;
  let successor: LabNode;
  let pod: LabPod;
  let workload: Daemon;
  let late: LateFrames;
  let kept: KeptClient | undefined;
  /** Another one for each test: what a client has closed itself is not free at once. */
  let port = 40_000;

  before(async () => {
    lab = await Lab.create({ nodes: 2 });
    [former, successor] = [lab.node("n1"), lab.node("n2")];
    pod = await lab.addPod("n1", "web");
    workload = await startWorkload(pod.namespace, "web");
    for (const { node, at } of [
      { node: former, at: here },
      { node: successor, at: there },
    ]) {
      const ports = (["ipv4", "ipv6"] as const).map((family) =>
        aPort({ vip: parseAddress(VIP[family]), endpoints: [at(pod.address[family])] }),
      );
      await new Forwarding({ nft: nftIn(node), conntrack: { forget: async () => {} } }).apply(aTable(ports));
    }
  });
  after(async () => {
    await workload?.stop();
    await lab?.close();
  });
  beforeEach(() => {
    port += 1;
    late = new LateFrames({ nft: nftIn(successor), clock: systemClock, link: { index: 1, name: successor.lanLink } });
  });
  afterEach(async () => {
    kept?.stop();
    await successor.namespace.nft(late.removal);
  });

  /** What a neighbor cache does when it hears an announcement. */
  const reachBy = ({ address }: LabNode) =>
    lab.client.namespace.ip(
      `route replace ${VIP.ipv4} via ${address.ipv4}`,
      `route replace ${VIP.ipv6} via ${address.ipv6}`,
    );

  for (const family of ["ipv4", "ipv6"] as const) {
    const connect = () => startKept(lab.client.namespace, KEPT_TCP, VIP[family], `${port}`);
    const handOver = async () => {
      const owners = new Map([[VIP[family], parseAddress(former.address[family])]]);
      await late.follow(owners, new Set(owners.keys()));
      await reachBy(successor);
    };

    it(`go on at the former owner, ${family}`, async () => {
      await reachBy(former);
      kept = connect();
      expect(await kept.ask()).to.match(/^false.*"web"/);
      await handOver();
      expect(await kept.ask()).to.match(/^true.*"web"/);
    });

    it(`go on also where the successor still knows another one of the same client and port, ${family}`, async () => {
      await reachBy(successor);
      await lab.client.namespace.run(process.execPath, "-e", ASK_ONCE, VIP[family], `${port}`);
      await reachBy(former);
      kept = connect();
      expect(await kept.ask()).to.match(/^false.*"web"/);
      await handOver();
      expect(await kept.ask()).to.match(/^true.*"web"/);
    });

    it(`begin at the successor, ${family}`, async () => {
      await handOver();
      kept = connect();
      expect(await kept.ask()).to.match(/^false.*"web"/);
      expect(await kept.ask()).to.match(/^true.*"web"/);
      const { stdout } = await former.namespace.run(
        "conntrack",
        "-L",
        "--orig-dst",
        VIP[family],
        "-p",
        "tcp",
        "--sport",
        `${port}`,
      );
      expect(stdout, "what the former owner knows of it").to.not.contain("ESTABLISHED");
    });
  }
});

function nftIn({ namespace }: LabNode): NftCommand {
  const [command, args] = namespace.commandLine("nft");
  return new NftCommand({ command: [command, ...args] });
}
