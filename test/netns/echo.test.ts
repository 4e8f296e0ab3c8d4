import { openEcho } from "@fairlead/linux/io";
import { echoCompliance } from "@fairlead/linux/testing";
import { parseAddress } from "@fairlead/net";
import { Namespace } from "@fairlead/testing";
import { expect } from "chai";
import { type ClientLink, openClientLink } from "./responder-bench.ts";

for (const [family, there, nobody] of [
  ["IPv4", "192.0.2.2", "192.0.2.77"],
  ["IPv6", "2001:db8::2", "2001:db8::77"],
] as const) {
  echoCompliance(`raw sockets, ${family}`, async () => {
    const lan = await openClientLink();
    return { openEcho, there: parseAddress(there), nobody: parseAddress(nobody), close: () => lan.close() };
  });
}

describe("openEcho", () => {
  let lan: ClientLink;
  before(async () => {
    lan = await openClientLink();
  });
  after(() => lan.close());

  it("takes no way at all for asked, and what this node forbids for not asked", async () => {
    const echo = openEcho(() => {});
    const own = Namespace.own();
    expect(echo.send(Uint8Array.of(1), parseAddress("198.51.100.1"))).to.equal(true);
    await own.nft("table inet no-ping { chain out { type filter hook output priority 0; meta l4proto icmp drop; }; }");
    expect(echo.send(Uint8Array.of(1), parseAddress("192.0.2.2"))).to.equal(false);
    await own.nft("delete table inet no-ping");
    echo.close();
  });
});
