import type { Datagrams } from "@fairlead/linux";
import { openDatagrams } from "@fairlead/linux/io";
import { formatAddress, parseAddress } from "@fairlead/net";
import { until } from "@fairlead/testing";
import { expect } from "chai";
import { type ClientLink, openClientLink } from "./responder-bench.ts";

const PORT = 7474;

describe("openDatagrams", () => {
  let lan: ClientLink;
  let socket: Datagrams;
  const heard: string[] = [];
  beforeEach(async () => {
    lan = await openClientLink();
    heard.length = 0;
    socket = await openDatagrams(PORT, (octets, from) => {
      heard.push(`${formatAddress(from)} ${Buffer.from(octets).toString("latin1")}`);
    });
  });
  afterEach(async () => {
    socket.close();
    await lan.close();
  });

  for (const [own, client] of [
    ["192.0.2.1", "192.0.2.2"],
    ["2001:db8::1", "2001:db8::2"],
  ] as const) {
    it(`hears from ${client}, and knows whom from`, async () => {
      await lan.client.run("bash", "-c", `printf hello > /dev/udp/${own}/${PORT}`);
      await until("a datagram has come", () => heard.length > 0);
      expect(heard).to.deep.equal([`${client} hello`]);
    });

    it(`sends to ${client}, and bears that nobody listens there`, async () => {
      socket.send(Uint8Array.of(1, 2, 3), parseAddress(client));
      socket.send(Uint8Array.of(1, 2, 3), parseAddress(client));
      const { stdout } = await until("the client's kernel has refused it", async () => {
        const output = await lan.client.run("cat", "/proc/net/snmp", "/proc/net/snmp6");
        return /NoPorts\s+[1-9]|Udp: \d+ [1-9]/.test(output.stdout) && output;
      });
      expect(stdout).not.to.equal("");
    });
  }

  it("says that a port is taken, and is free again once closed", async () => {
    const error = await openDatagrams(PORT, () => {}).then(
      () => undefined,
      (reason: unknown) => String(reason),
    );
    expect(error).to.match(/Cannot open UDP port 7474: bind failed with EADDRINUSE|EADDRINUSE/);
    socket.close();
    socket.close();
    socket.send(Uint8Array.of(1), parseAddress("192.0.2.2"));
    socket = await openDatagrams(PORT, () => {});
  });
});
