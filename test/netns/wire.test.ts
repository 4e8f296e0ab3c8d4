import { type Sighting, Wire } from "@fairlead/l2";
import { openLinkSocket } from "@fairlead/linux/io";
import { parseRange } from "@fairlead/net";
import { until } from "@fairlead/testing";
import { expect } from "chai";
import { CLIENT_MAC, type ClientLink, openClientLink } from "./responder-bench.ts";

const POOL = ["192.0.2.48/28", "2001:db8::50-2001:db8::5f"].map(parseRange);

/** The client's kernel is the one that is asked. */
describe("Wire", () => {
  let lan: ClientLink;
  let wire: Wire;
  const seen: Sighting[] = [];
  beforeEach(async () => {
    seen.length = 0;
    lan = await openClientLink();
    wire = new Wire({ openLinkSocket, link: () => lan.link, onSighting: (sighting) => seen.push(sighting) });
    wire.listenFor(POOL);
  });
  afterEach(async () => {
    wire.close();
    await lan.close();
  });

  for (const [address, length] of [
    ["192.0.2.50", 32],
    ["2001:db8::50", 128],
  ] as const) {
    for (const question of ["probe", "ask"] as const) {
      it(`hears who has ${address} when it does ${question}`, async () => {
        await lan.client.ip(`address add ${address}/${length} dev eth0 ${length === 128 ? "nodad" : ""}`);
        wire[question](address);
        await until("the client has answered", () => seen.length > 0);
        expect(seen[0]).to.include({ address, mac: CLIENT_MAC });
      });
    }
  }

  it("leaves no trace of a probe in the client's neighbour cache, and of a question its own address", async () => {
    await lan.client.ip("address add 192.0.2.50/32 dev eth0");
    const neighbours = async () => (await lan.client.run("ip", "neighbour", "show", "192.0.2.0/24")).stdout;
    wire.probe("192.0.2.50");
    await until("the client has answered", () => seen.length === 1);
    expect(await neighbours()).to.equal("");
    wire.ask("192.0.2.50");
    await until("the client has answered again", () => seen.length === 2);
    expect(await neighbours()).to.contain(`192.0.2.1 dev eth0 lladdr ${lan.link.mac}`);
  });

  it("hears nothing of addresses beyond its ranges, and of others once it is told of them", async () => {
    await lan.client.ip("address add 192.0.2.7/32 dev eth0", "address add 192.0.2.50/32 dev eth0");
    wire.ask("192.0.2.7");
    wire.ask("192.0.2.50");
    await until("the client has answered", () => seen.length > 0);
    expect(seen.map(({ address }) => address)).to.deep.equal(["192.0.2.50"]);
    wire.listenFor([parseRange("192.0.2.0/28")]);
    wire.ask("192.0.2.50");
    wire.ask("192.0.2.7");
    await until("the client has answered", () => seen.length > 1);
    expect(seen.map(({ address }) => address)).to.deep.equal(["192.0.2.50", "192.0.2.7"]);
  });
});
