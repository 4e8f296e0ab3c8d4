import { type Echo, openEcho } from "@fairlead/linux";
import { formatAddress, parseAddress } from "@fairlead/net";
import { Namespace, until } from "@fairlead/testing";
import { expect } from "chai";
import { type ClientLink, openClientLink } from "./responder-bench.ts";

describe("openEcho", () => {
  let lan: ClientLink;
  let echo: Echo;
  let other: Echo;
  const heard: string[] = [];
  const heardByOther: string[] = [];
  beforeEach(async () => {
    lan = await openClientLink();
    for (const list of [heard, heardByOther]) list.length = 0;
    echo = openEcho((data, from) => heard.push(`${formatAddress(from)} ${Buffer.from(data).toString("latin1")}`));
    other = openEcho((data) => heardByOther.push(Buffer.from(data).toString("latin1")));
  });
  afterEach(async () => {
    echo.close();
    other.close();
    await lan.close();
  });

  for (const [client, nobody] of [
    ["192.0.2.2", "192.0.2.77"],
    ["2001:db8::2", "2001:db8::77"],
  ] as const) {
    it(`hears what ${client} repeats, and no reply to another asker`, async () => {
      expect(echo.send(Buffer.from("one"), parseAddress(client))).to.equal(true);
      expect(other.send(Buffer.from("two"), parseAddress(client))).to.equal(true);
      await until("both have heard", () => heard.length > 0 && heardByOther.length > 0);
      expect([heard, heardByOther]).to.deep.equal([[`${client} one`], ["two"]]);
    });

    it(`hears nothing from ${nobody}, where nobody is, but goes on`, async () => {
      echo.send(Buffer.from("lost"), parseAddress(nobody));
      echo.send(Buffer.from("kept"), parseAddress(client));
      await until("one has come", () => heard.length > 0);
      expect(heard).to.deep.equal([`${client} kept`]);
    });
  }

  it("takes no way at all for asked, and what this node forbids for not asked", async () => {
    expect(echo.send(Buffer.from("x"), parseAddress("198.51.100.1"))).to.equal(true);
    await Namespace.own().nft(
      "table inet no-ping { chain out { type filter hook output priority 0; meta l4proto icmp drop; }; }",
    );
    expect(echo.send(Buffer.from("x"), parseAddress("192.0.2.2"))).to.equal(false);
    await Namespace.own().nft("delete table inet no-ping");
  });

  it("says nothing once closed", async () => {
    echo.send(Buffer.from("x"), parseAddress("192.0.2.2"));
    echo.close();
    echo.close();
    other.send(Buffer.from("y"), parseAddress("192.0.2.2"));
    await until("the other has heard", () => heardByOther.length > 0);
    expect(heard).to.deep.equal([]);
  });
});
