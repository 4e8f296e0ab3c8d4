import type { ForwardedEndpoint, ForwardedPort, ForwardingTable } from "@fairlead/forwarding";
import { Forwarding } from "@fairlead/forwarding";
import { ConntrackCommand } from "@fairlead/forwarding/io";
import { type Family, parseAddress, parseRange } from "@fairlead/net";
import { NftCommand } from "@fairlead/nftables/io";
import {
  type Answer,
  askHttp,
  askUdp,
  type Daemon,
  type DualAddress,
  httpUrl,
  LAB,
  Lab,
  type LabHost,
  type LabNode,
  type LabPod,
  type Namespace,
  startProbe,
  startWorkload,
  until,
} from "@fairlead/testing";
import { expect } from "chai";
import { KEPT_TCP, KEPT_UDP, type KeptClient, ping, startKept } from "./forwarding-clients.ts";

const VIP: DualAddress = { ipv4: "198.51.100.10", ipv6: "fdee::10" };
const QUIET = { debug() {}, info() {}, warn() {}, error() {}, child: () => QUIET };
/** In a pod: as if it were gone. */
const LOSE_HTTP = "table inet dead { chain in { type filter hook input priority 0; tcp dport 8080 drop; }; }";
/** In a client: nobody hears that it ends a connection, as when links have failed. */
const LOSE_RESETS =
  "table inet lost { chain out { type filter hook output priority 0; tcp flags & rst == rst drop; }; }";
/** One request from a port, which is free again at once. */
const ASK_AND_VANISH = `
const [host, localPort] = process.argv.slice(1);
const socket = require("node:net").connect({ host, port: 80, localPort: Number(localPort) });
socket.on("connect", () => socket.write("GET / HTTP/1.1\\r\\nHost: web\\r\\n\\r\\n")).on("data", () => socket.resetAndDestroy());`;
/** How long an answer may take where there should be none, in milliseconds. */
const SILENCE = 400;
/** curl's exit status for it: its words vary with where the time ran out. */
const TIMED_OUT = /curl: \(28\)/;

describe("Forwarding", () => {
  let lab: Lab;
  let node: LabNode;
  let client: LabHost;
  let near: LabPod;
  let far: LabPod;
  let forwarding: Forwarding;
  let conntrack: ConntrackCommand;
  /** Another one for each test that takes one: a client's port is not free at once. */
  let local = 40_140;
  const workloads: Daemon[] = [];
  const kept: KeptClient[] = [];

  before(async () => {
    lab = await Lab.create({ nodes: 2 });
    node = lab.node("n1");
    client = lab.client;
    near = await lab.addPod("n1", "near");
    far = await lab.addPod("n2", "far");
    workloads.push(...(await Promise.all(lab.pods.map((pod) => startWorkload(pod.namespace, pod.name)))));
    workloads.push(await startWorkload(node.namespace, "node", 30080));
    for (const { namespace } of [client, lab.router]) {
      await namespace.ip(
        `route add ${VIP.ipv4} via ${node.address.ipv4}`,
        `route add ${VIP.ipv6} via ${node.address.ipv6}`,
      );
    }
  });
  after(async () => {
    await Promise.all(workloads.map((workload) => workload.stop()));
    await lab.close();
  });
  beforeEach(() => {
    conntrack = new ConntrackCommand({ log: QUIET, command: inNode("conntrack") });
    forwarding = new Forwarding({
      nft: new NftCommand({ command: inNode("nft") }),
      conntrack,
    });
  });
  afterEach(async () => {
    for (const each of kept.splice(0)) each.stop();
    await forwarding.remove();
  });

  function keep(program: string, vip: string): KeptClient {
    const started = startKept(client.namespace, program, vip);
    kept.push(started);
    return started;
  }

  function inNode(program: string): [string, ...string[]] {
    const [command, args] = node.namespace.commandLine(program);
    return [command, ...args];
  }

  for (const family of [4, 6] as const) {
    const version = `ipv${family}` as const;
    const vip = VIP[version];
    const url = httpUrl(vip);

    describe(`direct, IPv${family}`, () => {
      it("keeps the client's address to a local endpoint under policy Local, and uses no other", async () => {
        await forwarding.apply(table(family, { policy: "Local", endpoints: [at(near, family), at(far, family)] }));
        const wanted: Answer = { pod: "near", client: client.address[version] };
        for (let i = 0; i < 4; i++) expect(await askHttp(client.namespace, url)).to.deep.equal(wanted);
        expect(await askUdp(client.namespace, vip, 80)).to.deep.equal(wanted);
      });

      it("keeps the client's address to a local endpoint under policy Cluster", async () => {
        await forwarding.apply(table(family, { endpoints: [at(near, family)] }));
        expect(await askHttp(client.namespace, url)).to.deep.equal({ pod: "near", client: client.address[version] });
      });

      it("masquerades to a remote endpoint under policy Cluster", async () => {
        await forwarding.apply(table(family, { endpoints: [at(far, family)] }));
        const wanted: Answer = { pod: "far", client: node.address[version] };
        expect(await askHttp(client.namespace, url)).to.deep.equal(wanted);
        expect(await askHttp(lab.remote.namespace, url)).to.deep.equal(wanted);
        expect(await askUdp(client.namespace, vip, 80)).to.deep.equal(wanted);
      });

      it("reaches all endpoints, and with affinity ClientIP always the same one", async () => {
        const endpoints = [at(near, family), at(far, family)];
        await forwarding.apply(table(family, { endpoints }));
        const seen = new Set<string>();
        await until("both answer", async () => seen.add((await askHttp(client.namespace, url)).pod).size === 2);
        await forwarding.apply(table(family, { endpoints, affinity: "ClientIP" }));
        const { pod } = await askHttp(client.namespace, url);
        for (let i = 0; i < 8; i++) expect((await askHttp(client.namespace, url)).pod).to.equal(pod);
      });

      it("refuses at once where there is no endpoint, and on other ports", async () => {
        await forwarding.apply(table(family, { endpoints: [] }));
        expect(await failure(askHttp(client.namespace, url))).to.match(/refused|connect to/i);
        expect(await failure(askHttp(client.namespace, httpUrl(vip, 81)))).to.match(/refused|connect to/i);
        await refusedUdp(client.namespace, vip, 80);
        await refusedUdp(client.namespace, vip, 81);
      });

      it("is silent to the outside under policy Local without a local endpoint, but serves pods and node", async () => {
        await forwarding.apply(table(family, { policy: "Local", endpoints: [at(far, family)] }));
        expect(await failure(askHttp(client.namespace, url, SILENCE))).to.match(TIMED_OUT);
        expect(await failure(askUdp(client.namespace, vip, 80, SILENCE))).to.not.include("ECONNREFUSED");
        expect(await askHttp(near.namespace, url)).to.deep.equal({ pod: "far", client: near.address[version] });
        expect((await askHttp(node.namespace, url)).pod).to.equal("far");
      });

      it("admits the source ranges only", async () => {
        const endpoints = [at(near, family)];
        const sourceRanges = [parseRange(LAB.outside[version])];
        await forwarding.apply(table(family, { endpoints, sourceRanges }));
        expect(await askHttp(lab.remote.namespace, url)).to.include({ pod: "near" });
        expect(await failure(askHttp(client.namespace, url, SILENCE))).to.match(TIMED_OUT);
        await forwarding.apply(table(family, { endpoints, sourceRanges: [parseRange(LAB.lan[version])] }));
        expect(await askHttp(client.namespace, url)).to.include({ pod: "near" });
        expect(await failure(askHttp(lab.remote.namespace, url, SILENCE))).to.match(TIMED_OUT);
      });

      it("serves the node, a pod, and a pod that reaches itself", async () => {
        await forwarding.apply(table(family, { endpoints: [at(near, family)] }));
        expect((await askHttp(node.namespace, url)).pod).to.equal("near");
        expect((await askHttp(near.namespace, url)).pod).to.equal("near");
        expect((await askUdp(near.namespace, vip, 80)).pod).to.equal("near");
        await forwarding.apply(table(family, { endpoints: [at(far, family)] }));
        expect((await askHttp(node.namespace, url)).pod).to.equal("far");
        expect(await askHttp(near.namespace, url)).to.deep.equal({ pod: "far", client: near.address[version] });
      });

      it("answers ping of the VIP", async () => {
        await forwarding.apply(table(family, { endpoints: [] }));
        for (const { namespace } of [client, lab.remote, near, node]) await ping(namespace, vip);
      });

      it("refuses no connection while endpoints come and go", async () => {
        const [one, both] = [[at(far, family)], [at(near, family), at(far, family)]];
        await forwarding.apply(table(family, { endpoints: both }));
        const probe = startProbe(client.namespace, url);
        await until("the probe runs", () => probe.results().length > 10);
        for (let i = 0; i < 20; i++) await forwarding.apply(table(family, { endpoints: i % 2 === 0 ? one : both }));
        const before = probe.results().length;
        await until("the probe goes on", () => probe.results().length > before + 10);
        const results = await probe.stop();
        expect(results.filter(({ error }) => error !== undefined)).to.deep.equal([]);
      });

      it("lets connections to a removed endpoint end by themselves", async () => {
        await forwarding.apply(table(family, { endpoints: [at(near, family)] }));
        const socket = keep(KEPT_TCP, vip);
        expect(await socket.ask()).to.include('"near"');
        await forwarding.apply(table(family, { endpoints: [at(far, family)] }));
        expect(await socket.ask()).to.include('"near"');
        expect((await askHttp(client.namespace, url)).pod).to.equal("far");
      });

      it("moves a TCP client that was never answered, though it uses its port again", async () => {
        const ask = () => client.namespace.run("curl", "-sS", "-m", "1", "--local-port", `4012${family}`, url);
        await forwarding.apply(table(family, { endpoints: [at(far, family)] }));
        await far.namespace.nft(LOSE_HTTP);
        try {
          expect(await failure(ask())).to.match(TIMED_OUT);
          await forwarding.apply(table(family, { endpoints: [at(near, family)] }));
          await conntrack.settled();
          expect((await ask()).stdout).to.include('"near"');
        } finally {
          await far.namespace.nft("delete table inet dead");
        }
      });

      it("leaves TCP connections that are established to the endpoint that is gone alone, also then", async () => {
        await forwarding.apply(table(family, { endpoints: [at(far, family)] }));
        const socket = keep(KEPT_TCP, vip);
        expect(await socket.ask()).to.include('"far"');
        await forwarding.apply(table(family, { endpoints: [at(near, family)] }));
        await conntrack.settled();
        expect(await socket.ask()).to.include('true {"pod":"far"');
      });

      const ends: Record<string, () => readonly Partial<ForwardedPort>[][]> = {
        "with the address, so that its next Service has all clients": () => [[]],
        "with a Pod that was terminating and is gone": () => [
          [{ endpoints: [at(near, family)], terminating: [at(far, family)] }],
        ],
      };
      for (const [how, steps] of Object.entries(ends)) {
        it(`forgets established connections ${how}`, async () => {
          local += 1;
          const ask = () => client.namespace.run("curl", "-sS", "-m", "1", "--local-port", `${local}`, url);
          const forward = async (ports: readonly Partial<ForwardedPort>[]) => {
            await forwarding.apply({ ...table(family, {}), ports: ports.flatMap((port) => table(family, port).ports) });
            await conntrack.settled();
          };
          await forward([{ endpoints: [at(far, family)] }]);
          await client.namespace.nft(LOSE_RESETS);
          try {
            await client.namespace.run(process.execPath, "-e", ASK_AND_VANISH, vip, `${local}`);
            await far.namespace.nft(LOSE_HTTP);
            await forward([{ endpoints: [at(near, family)] }]);
            expect(await failure(ask()), "a Pod that only left the Service keeps its connections").to.match(TIMED_OUT);
            for (const step of steps()) await forward(step);
            await forward([{ endpoints: [at(near, family)] }]);
            expect((await ask()).stdout).to.include('"near"');
          } finally {
            await client.namespace.nft("table inet lost\ndelete table inet lost");
            await far.namespace.nft("table inet dead\ndelete table inet dead");
          }
        });
      }

      it("moves a UDP client whose endpoint is gone", async () => {
        await forwarding.apply(table(family, { endpoints: [at(near, family)] }));
        const socket = keep(KEPT_UDP, vip);
        expect(await socket.ask()).to.include('"near"');
        await forwarding.apply(table(family, { endpoints: [at(far, family)] }));
        await conntrack.settled();
        expect(await socket.ask()).to.include('"far"');
      });

      it("forwards nothing in mode none", async () => {
        await forwarding.apply(table(family, { endpoints: [at(near, family)] }));
        await forwarding.apply({ ...table(family, { endpoints: [at(near, family)] }), mode: "none" });
        await failure(askHttp(client.namespace, url, SILENCE));
      });
    });

    describe(`nodePort, IPv${family}`, () => {
      function nodePortTable(fields: Partial<ForwardedPort> = {}): ForwardingTable {
        const ports = table(family, { nodePort: 30080, endpoints: [at(far, family)], ...fields }).ports;
        const nodeAddresses = [parseAddress(node.address.ipv4), parseAddress(node.address.ipv6)];
        return { ...table(family, {}), mode: "nodePort", ports, nodeAddresses };
      }

      it("reaches the node's port from outside, with the client's address, and answers as the VIP", async () => {
        await forwarding.apply(nodePortTable());
        const wanted: Answer = { pod: "node", client: client.address[version] };
        expect(await askHttp(client.namespace, url)).to.deep.equal(wanted);
        expect(await askUdp(client.namespace, vip, 80)).to.deep.equal(wanted);
      });

      it("serves pods and the node itself", async () => {
        await forwarding.apply(nodePortTable());
        expect(await askHttp(near.namespace, url)).to.deep.equal({ pod: "node", client: near.address[version] });
        expect((await askHttp(node.namespace, url)).pod).to.equal("node");
        expect((await askUdp(node.namespace, vip, 80)).pod).to.equal("node");
      });

      it("leaves direct clients of the NodePort alone", async () => {
        await forwarding.apply(nodePortTable());
        const direct = httpUrl(node.address[version], 30080);
        expect(await askHttp(client.namespace, direct)).to.include({ pod: "node" });
      });

      it("admits the source ranges only", async () => {
        await forwarding.apply(nodePortTable({ sourceRanges: [parseRange(LAB.outside[version])] }));
        expect(await askHttp(lab.remote.namespace, url)).to.include({ pod: "node" });
        expect(await failure(askHttp(client.namespace, url, SILENCE))).to.match(TIMED_OUT);
      });

      it("serves a port without a NodePort as in direct", async () => {
        const { nodePort: _, ...port } = nodePortTable().ports[0] ?? expect.fail();
        await forwarding.apply({ ...nodePortTable(), ports: [port] });
        expect(await askHttp(client.namespace, url)).to.include({ pod: "far" });
      });

      it("refuses at once where there is no endpoint, and on other ports; answers ping", async () => {
        await forwarding.apply(nodePortTable({ endpoints: [] }));
        expect(await failure(askHttp(client.namespace, url))).to.match(/refused|connect to/i);
        await refusedUdp(client.namespace, vip, 81);
        await ping(client.namespace, vip);
      });
    });
  }
});

/** TCP and UDP port 80 of the VIP, in mode direct. */
function table(family: Family, fields: Partial<ForwardedPort>): ForwardingTable {
  const ports = (["TCP", "UDP"] as const).map(
    (protocol): ForwardedPort => ({
      vip: parseAddress(VIP[`ipv${family}`]),
      protocol,
      port: 80,
      policy: "Cluster",
      affinity: "None",
      sourceRanges: [],
      endpoints: [],
      ...fields,
    }),
  );
  const internal = [parseRange(LAB.pods.ipv4), parseRange(LAB.pods.ipv6)];
  return { mode: "direct", ports, internal, nodeAddresses: [] };
}

function at(pod: LabPod, family: Family): ForwardedEndpoint {
  return { address: parseAddress(pod.address[`ipv${family}`]), port: 8080, local: pod.node.name === "n1" };
}

// The kernel limits ICMP errors to about one a second per destination, and redirects count as well: ask again.
async function refusedUdp(from: Namespace, vip: string, port: number): Promise<void> {
  await until(`UDP port ${port} is refused`, async () =>
    (await failure(askUdp(from, vip, port, SILENCE))).includes("ECONNREFUSED"),
  );
}

async function failure(attempt: Promise<unknown>): Promise<string> {
  const outcome = await attempt.then(
    (value) => new Error(`must fail, got ${JSON.stringify(value)}`),
    (error: Error) => error,
  );
  if (outcome.message.startsWith("must fail")) throw outcome;
  return outcome.message;
}
