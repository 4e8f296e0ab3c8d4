import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { kernelResponderSupported, type Responder } from "@fairlead/l2";
import { responderCompliance } from "@fairlead/l2/testing";
import { BROADCAST_MAC, parseAddress } from "@fairlead/net";
import { NftCommand } from "@fairlead/nftables/io";
import { until } from "@fairlead/testing";
import { expect } from "chai";
import {
  arping,
  type ClientLink,
  inKernel,
  inUserSpace,
  openClientLink,
  openResponderBench,
  TIMEOUT_MILLIS,
} from "./responder-bench.ts";

const execute = promisify(execFile);
const nft = new NftCommand();
const VIP = "192.0.2.50";

responderCompliance("kernel", () => openResponderBench((link) => inKernel(link)));
responderCompliance("userspace", () => openResponderBench(inUserSpace));

for (const make of [inKernel, inUserSpace]) {
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
    expect(await kernelResponderSupported(nft, link)).to.equal(true);
    expect((await execute("nft", ["list", "tables"])).stdout).not.to.contain("fairlead-l2");
    await close();
  });

  it("is not supported on a link that is gone", async () => {
    const { link, close } = await openClientLink();
    await close();
    expect(await kernelResponderSupported(nft, link)).to.equal(false);
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

  it("makes its table anew after somebody has flushed the rule set", async () => {
    const { client, link, close } = await openClientLink();
    const responder = inKernel(link);
    await responder.answer([parseAddress(VIP)]);
    await execute("nft", ["flush", "ruleset"]);
    await until("the address is answered for again", () => {
      responder.refresh();
      return arping(client, VIP, BROADCAST_MAC);
    });
    await responder.close();
    await close();
  });
});
