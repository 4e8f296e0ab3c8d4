import { createServer, type Socket } from "node:net";
import { connectTcp, listenTcp } from "@fairlead/linux/io";
import { tcpCompliance } from "@fairlead/linux/testing";
import { parseAddress } from "@fairlead/net";
import { Namespace, until } from "@fairlead/testing";
import { expect } from "chai";

for (const [family, here, there] of [
  ["IPv4", "192.0.2.1", "192.0.2.2"],
  ["IPv6", "2001:db8::1", "2001:db8::2"],
] as const) {
  tcpCompliance(`the kernel, ${family}`, async () => {
    const own = Namespace.own();
    const length = family === "IPv4" ? 32 : 128;
    const addresses = [here, there].map((address) => `${address}/${length} dev lo`);
    await own.ip(...addresses.map((address) => `address add ${address}`));
    const sockets: Socket[] = [];
    const server = createServer({ pauseOnConnect: true }, (socket) => sockets.push(socket));
    return {
      connectTcp,
      listenTcp,
      here: parseAddress(here),
      there: parseAddress(there),
      async stall(port) {
        server.listen(port, there);
        await until("it listens", () => server.listening);
        return () => {
          for (const socket of sockets) socket.resume();
        };
      },
      async close() {
        for (const socket of sockets) socket.destroy();
        server.close();
        await own.ip(...addresses.map((address) => `address delete ${address}`));
      },
    };
  });
}

describe("connectTcp", () => {
  const loopback = parseAddress("127.0.0.1");
  const silence = { connected() {}, received() {}, progressed() {}, closed() {} };

  for (const [what, minimumTtl, answered] of [
    ["takes what comes from as near as it must", 64, true],
    ["hears nothing from further away (BG-20)", 255, false],
  ] as const) {
    it(what, async () => {
      const listener = listenTcp({ address: loopback, port: 1790 }, () => silence);
      const told: string[] = [];
      const events = { ...silence, connected: () => told.push("checked") };
      const to = { address: loopback, port: 1790 };
      const checked = connectTcp({ to, ttl: 255, minimumTtl }, events);
      const other = connectTcp({ to }, { ...silence, connected: () => told.push("other") });
      await until("the other one is connected", () => told.includes("other") && (!answered || told.length === 2));
      expect(told.includes("checked")).to.equal(answered);
      for (const connection of [checked, other]) connection.abort();
      listener.close();
    });
  }

  it("is bound to a link by name, and says which it lacks", async () => {
    const codes: (string | undefined)[] = [];
    const events = { ...silence, closed: (error?: { code: string }) => codes.push(error?.code) };
    const to = { address: loopback, port: 1790 };
    connectTcp({ to, device: "lo", userTimeout: 9_000, maximumSegment: 1_000 }, events);
    await until("nobody listens", () => codes.length === 1);
    connectTcp({ to, device: "none" }, events);
    await until("there is no such link", () => codes.length === 2);
    expect(codes).to.deep.equal(["ECONNREFUSED", "ENODEV"]);
  });
});
