import { execFile } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { gateKeeper, type Responder, tableName } from "@fairlead/l2";
import { encodeEthernet, OPENING_MARK, responderCompliance } from "@fairlead/l2/testing";
import { openLinkSocket } from "@fairlead/linux/io";
import { BROADCAST_MAC, parseAddress } from "@fairlead/net";
import { NftCommand } from "@fairlead/nftables/io";
import { until } from "@fairlead/testing";
import { expect } from "chai";
import {
  arping,
  type ClientLink,
  heartbeatFrame,
  inKernel,
  inKernelByHeartbeats,
  inUserSpace,
  openClientLink,
  openResponderBench,
  TIMEOUT_MILLIS,
} from "./responder-bench.ts";

const execute = promisify(execFile);
const nft = new NftCommand();
const VIP = "192.0.2.50";
const PADDING = new Uint8Array(46);

responderCompliance("kernel", () => openResponderBench((link) => inKernel(link)));
responderCompliance("kernel, by heartbeats", () => openResponderBench(inKernelByHeartbeats));
responderCompliance("userspace", () => openResponderBench(inUserSpace));

for (const make of [inKernel, inKernelByHeartbeats, inUserSpace]) {
  describe(`ARP responder ${make.name}`, () => {
    let lan: ClientLink;
    let responder: Responder;
    let keepAlive: NodeJS.Timeout;
    beforeEach(async () => {
      lan = await openClientLink();
      responder = make(lan.link);
      keepAlive = setInterval(() => responder.refresh(), TIMEOUT_MILLIS / 5);
      await responder.answer([parseAddress(VIP)]);
    });
    afterEach(async () => {
      clearInterval(keepAlive);
      await responder.close();
      await lan.close();
    });

    it("fills the neighbour cache of a client", async () => {
      const neighbour = await until("the client has learnt the address", async () => {
        await lan.client.run("bash", "-c", `echo > /dev/udp/${VIP}/9`).catch(() => undefined);
        const { stdout } = await lan.client.run("ip", "neighbour", "show", VIP);
        return /lladdr (\S+)/.exec(stdout)?.[1];
      });
      expect(neighbour).to.equal(lan.link.mac);
    });

    it("Y-68: leaves the link's own address to the kernel", async () => {
      expect(await arping(lan.client, "192.0.2.1", BROADCAST_MAC)).to.equal(lan.link.mac);
    });

    it("does not answer what was asked on a VLAN of the link", async () => {
      const asked = lan.client.run("arping", "-V", "7", "-c", "1", "-w", "0.3", "-i", "eth0", VIP);
      expect(
        await asked.then(
          () => "answered",
          () => "silence",
        ),
      ).to.equal("silence");
    });
  });
}

describe("Kernel responder", () => {
  it("is supported on a real link, and the check leaves nothing behind", async () => {
    const { link, close } = await openClientLink();
    expect(await gateKeeper(nft, link)).to.equal("heartbeats");
    expect((await execute("nft", ["list", "tables"])).stdout).not.to.contain("fairlead-l2");
    await close();
  });

  it("is not supported on a link that is gone", async () => {
    const { link, close } = await openClientLink();
    await close();
    expect(await gateKeeper(nft, link)).to.equal(undefined);
  });

  it("takes the place of a table that was left over", async () => {
    const { client, link, close } = await openClientLink();
    await inKernel(link).answer([parseAddress("192.0.2.51")]);
    const responder = inKernel(link);
    await responder.answer([parseAddress(VIP)]);
    expect(await arping(client, "192.0.2.51", BROADCAST_MAC)).to.equal(undefined);
    responder.refresh();
    expect(await arping(client, VIP, BROADCAST_MAC)).to.equal(link.mac);
    await responder.close();
    await close();
  });

  for (const make of [inKernel, inKernelByHeartbeats]) {
    for (const [what, ...command] of [
      ["flushed the rule set", "flush", "ruleset"],
      ["deleted its table", "delete", "table", "netdev", "TABLE"],
    ] as const) {
      it(`${make.name}: makes its table anew after somebody has ${what}`, async () => {
        const { client, link, close } = await openClientLink();
        const responder = make(link);
        await responder.answer([parseAddress(VIP)]);
        await execute(
          "nft",
          command.map((word) => (word === "TABLE" ? tableName(link) : word)),
        );
        await until("the address is answered for again", () => {
          responder.refresh();
          return arping(client, VIP, BROADCAST_MAC);
        });
        await responder.close();
        await close();
      });
    }
  }

  it("is kept by heartbeats that leave with the mark, and by no other frame, socket or link", async () => {
    const { client, link, close } = await openClientLink();
    const other = await openClientLink();
    const responder = inKernel(link, { keptBy: "heartbeats" });
    const open = (on: typeof link, mark?: number) =>
      openLinkSocket(on, [], () => {}, mark === undefined ? {} : { mark });
    const sockets = [
      open(link),
      open(link, OPENING_MARK + 1),
      open(other.link, OPENING_MARK),
      open(link, OPENING_MARK),
    ];
    const [unmarked, wrong, elsewhere, right] = sockets;
    const isAnswered = async () => (await arping(client, VIP, BROADCAST_MAC)) === link.mac;
    await responder.answer([parseAddress(VIP)]);
    await delay(TIMEOUT_MILLIS + 50);
    unmarked?.send(heartbeatFrame(link));
    wrong?.send(heartbeatFrame(link));
    elsewhere?.send(heartbeatFrame(other.link));
    right?.send(encodeEthernet({ destination: BROADCAST_MAC, source: link.mac, etherType: 0x88b6, payload: PADDING }));
    expect(await isAnswered()).to.equal(false);
    right?.send(heartbeatFrame(link));
    expect(await isAnswered()).to.equal(true);
    for (const socket of sockets) socket.close();
    await responder.close();
    await Promise.all([close(), other.close()]);
  });
});
