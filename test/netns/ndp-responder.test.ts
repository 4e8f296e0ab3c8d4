import { readFile } from "node:fs/promises";
import type { Responder } from "@fairlead/l2";
import { restoreProxyDelay } from "@fairlead/linux/io";
import { parseAddress } from "@fairlead/net";
import { Daemon, Namespace, newLog, until } from "@fairlead/testing";
import { expect } from "chai";
import {
  askNeighbor,
  type ClientLink,
  inKernel,
  inUserSpace,
  openClientLink,
  TIMEOUT_MILLIS,
} from "./responder-bench.ts";

const VIP = "2001:db8::50";
const GROUP = "ff02::1:ff00:50";

/** What tcpdump prints of the packets that a client sees, until the test ends. */
async function capture(client: Namespace, filter: string): Promise<Daemon> {
  const daemon = Daemon.start({
    name: "tcpdump",
    namespace: client,
    command: "tcpdump",
    args: ["-l", "-n", "-v", "-i", "eth0", filter],
    log: newLog("tcpdump"),
  });
  await until("tcpdump listens", () => daemon.output().includes("listening on eth0"), {
    check: () => daemon.assertRunning(),
  });
  return daemon;
}

async function neighbour(client: Namespace, address: string): Promise<string | undefined> {
  const { stdout } = await client.run("ip", "-6", "neighbour", "show", address);
  return /lladdr (\S+)/.exec(stdout)?.[1];
}

/** Sends a datagram to the address, so that the client's kernel has to find out who has it. */
async function knock(client: Namespace, address: string): Promise<void> {
  await client.run("bash", "-c", `echo > /dev/udp/${address}/9`).catch(() => undefined);
}

/** What ndisc6(8) is told, asked until it can send: it needs a link-local address. */
async function ndisc6(client: Namespace, address: string): Promise<string> {
  const { stdout } = await until("ndisc6 has an answer", () => {
    return client.run("ndisc6", "-q", "-1", "-w", "1000", address, "eth0");
  });
  return stdout.trim().toLowerCase();
}

async function proxyDelay(link: string): Promise<string> {
  return (await readFile(`/proc/sys/net/ipv6/neigh/${link}/proxy_delay`, "utf8")).trim();
}

describe("NDP", () => {
  let lan: ClientLink;
  let responder: Responder;
  let keepAlive: NodeJS.Timeout;
  let daemons: Daemon[];
  beforeEach(async () => {
    lan = await openClientLink();
    daemons = [];
  });
  afterEach(async () => {
    clearInterval(keepAlive);
    await Promise.all(daemons.map((daemon) => daemon.stop("SIGKILL")));
    await responder.close();
    await lan.close();
  });

  const answerBy = async (make: Responder, ...addresses: string[]) => {
    responder = make;
    keepAlive = setInterval(() => responder.refresh(), TIMEOUT_MILLIS / 5);
    await responder.answer(addresses.map(parseAddress));
  };
  const tcpdump = async (filter: string): Promise<Daemon> => {
    const daemon = await capture(lan.client, filter);
    daemons.push(daemon);
    return daemon;
  };

  for (const { name, make, override } of [
    // RFC 4861 §7.2.4 has Override clear for addresses that several nodes may have.
    { name: "from the kernel", make: inKernel, override: false },
    { name: "from user space", make: inUserSpace, override: true },
  ]) {
    describe(name, () => {
      it("Y-65: answers who asks, with Solicited set and hop limit 255", async () => {
        await answerBy(make(lan.link), VIP);
        expect(await askNeighbor(lan.client, VIP)).to.deep.include({
          mac: lan.link.mac,
          solicited: true,
          override,
          hopLimit: 255,
        });
      });

      it("answers a probe for duplicates to all nodes, with Solicited clear", async () => {
        await answerBy(make(lan.link), VIP);
        expect(await askNeighbor(lan.client, VIP, "--probe")).to.deep.include({
          mac: lan.link.mac,
          solicited: false,
          destination: "ff02::1",
        });
      });

      it("keeps a client from taking the address", async () => {
        await answerBy(make(lan.link), VIP);
        await lan.client.run("sysctl", "-qw", "net.ipv6.conf.eth0.accept_dad=1");
        await lan.client.ip(`address add ${VIP}/64 dev eth0`);
        await until("the client has found the address taken", async () => {
          const { stdout } = await lan.client.run("ip", "-6", "address", "show", "dev", "eth0");
          return stdout.includes("dadfailed");
        });
      });

      it("ignores a solicitation with hop limit 254: a router has forwarded it", async () => {
        await answerBy(make(lan.link), VIP);
        expect(await askNeighbor(lan.client, VIP, "--hop-limit", "254")).to.equal(undefined);
        expect(await askNeighbor(lan.client, VIP, "--hop-limit", "255")).to.have.property("mac", lan.link.mac);
      });

      it("tells switches of the solicited-node group (MLD), when it joins and when it leaves", async () => {
        const seen = await tcpdump("ip6[6] == 0"); // hop-by-hop options, as all of MLD has
        await answerBy(make(lan.link), VIP);
        await until("the join is reported", () => seen.output().includes(`${GROUP} to_ex`));
        await responder.answer([]);
        await until("the leave is reported", () => seen.output().includes(`${GROUP} to_in`));
      });

      it("fills the neighbour cache of a client", async () => {
        await answerBy(make(lan.link), VIP);
        const mac = await until("the client has learnt the address", async () => {
          await knock(lan.client, VIP);
          return neighbour(lan.client, VIP);
        });
        expect(mac).to.equal(lan.link.mac);
      });

      it("answers again when the link was down and is up again", async () => {
        await answerBy(make(lan.link), VIP);
        const { name } = lan.link;
        // The kernel forgets the link's own addresses with it.
        const own = `address add 2001:db8::1/64 dev ${name} nodad`;
        await Namespace.own().ip(`link set ${name} down`, `link set ${name} up`, own);
        await until("the address is answered for", () => askNeighbor(lan.client, VIP));
      });

      it("leaves the link's own address to the kernel", async () => {
        await answerBy(make(lan.link), VIP);
        expect(await ndisc6(lan.client, "2001:db8::1")).to.equal(lan.link.mac);
      });
    });
  }

  it("answers from the kernel at once, and leaves the delay as it is for new links", async () => {
    const before = await proxyDelay(lan.link.name);
    await answerBy(inKernel(lan.link), VIP);
    expect(await proxyDelay(lan.link.name)).to.equal("0");
    await responder.close();
    expect(await proxyDelay(lan.link.name)).to.equal(before);
    restoreProxyDelay(lan.link);
    expect(await proxyDelay(lan.link.name)).to.equal(before);
  });

  const refused: string[] = [];
  const withSubstitute = () => inKernel(lan.link, { onRefused: (_, error) => refused.push(String(error)) });

  it("answers from user space for an address that this node has elsewhere, as kube-proxy's IPVS mode does", async () => {
    refused.length = 0;
    await Namespace.own().ip(`address add ${VIP}/128 dev lo`);
    await answerBy(withSubstitute(), VIP, "2001:db8::51");
    expect(await askNeighbor(lan.client, VIP)).to.deep.include({ mac: lan.link.mac, override: true });
    expect(await askNeighbor(lan.client, "2001:db8::51")).to.deep.include({ mac: lan.link.mac, override: false });
    expect(refused).to.deep.equal([
      `SystemCallError: Cannot join ${VIP} on ${lan.link.name}: setsockopt failed with Invalid argument`,
    ]);
    await Namespace.own().ip(`address delete ${VIP}/128 dev lo`);
  });

  it("answers from user space for an address outside of the link's subnets, unless the node forwards", async () => {
    refused.length = 0;
    const far = "2001:db8:1::50";
    await answerBy(withSubstitute(), far);
    expect(await askNeighbor(lan.client, far)).to.deep.include({ mac: lan.link.mac, override: true });
    expect(refused).to.have.length(1);
    await Namespace.own().run("sysctl", "-qw", `net.ipv6.conf.${lan.link.name}.forwarding=1`);
    await responder.answer([parseAddress(far)]);
    expect(await askNeighbor(lan.client, far)).to.deep.include({ mac: lan.link.mac, override: false });
  });

  it("does not change whether the node forwards, believes routers or answers for others", async () => {
    const settings = ["forwarding", "accept_ra", "proxy_ndp"].flatMap((key) =>
      ["all", "default", lan.link.name].map((link) => `/proc/sys/net/ipv6/conf/${link}/${key}`),
    );
    const read = () => Promise.all(settings.map((path) => readFile(path, "utf8")));
    const before = await read();
    await answerBy(inKernel(lan.link), VIP);
    expect(await read()).to.deep.equal(before);
  });
});
