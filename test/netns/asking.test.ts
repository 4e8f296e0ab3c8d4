import { openEcho, openLinkSocket, watchLinks } from "@fairlead/linux/io";
import { formatAddress, parseAddress } from "@fairlead/net";
import { systemClock } from "@fairlead/runtime/io";
import { MemoryLog } from "@fairlead/runtime/testing";
import { Namespace, until } from "@fairlead/testing";
import { expect } from "chai";
import { Asking } from "../../packages/speaker/src/reachability/asking.ts";
import { type ClientLink, openClientLink } from "./responder-bench.ts";

/** What a firewall on the node drops: Echo of both families, and nothing else. */
const NO_PING = `table inet quiet { chain in { type filter hook input priority 0;
  icmp type echo-request drop; icmpv6 type echo-request drop; }; }`;

// A new link drops what is sent before the kernel has come round to it.
async function carries(addresses: readonly string[]): Promise<void> {
  const reached = new Set<string>();
  const echo = openEcho((_data, from) => reached.add(formatAddress(from)));
  await until("the client is reached", () => {
    for (const address of addresses) echo.send(new Uint8Array(1), parseAddress(address));
    return reached.size === addresses.length;
  });
  echo.close();
}

describe("Asking", () => {
  let lan: ClientLink;
  let asking: Asking;
  let links: Awaited<ReturnType<typeof watchLinks>>;
  const answers: string[] = [];
  beforeEach(async () => {
    lan = await openClientLink();
    await carries(["192.0.2.2", "2001:db8::2"]);
    links = await watchLinks();
    answers.length = 0;
    const onAnswer = (node: string) => answers.push(node);
    asking = new Asking({ links, openLinkSocket, openEcho, clock: systemClock, log: new MemoryLog(), onAnswer });
  });
  afterEach(async () => {
    asking.close();
    links.close();
    await lan.close();
  });

  const know = (...nodes: readonly (readonly [string, string])[]) =>
    asking.know(new Map(nodes.map(([name, address]) => [name, [parseAddress(address)]])));
  const answersOf = (node: string) => answers.filter((each) => each === node).length;

  for (const { family, onLink, nobody, beyond } of [
    { family: "IPv4", onLink: "192.0.2.2", nobody: "192.0.2.77", beyond: "198.51.100.7" },
    { family: "IPv6", onLink: "2001:db8::2", nobody: "2001:db8::77", beyond: "2001:db8:7::7" },
  ]) {
    it(`is answered twice by a node on the link: by Echo, and by ARP or NDP (${family})`, async () => {
      know(["n2", onLink], ["n3", nobody]);
      expect([asking.ask("n3"), asking.ask("n2")]).to.deep.equal([true, true]);
      await until("both answers have come", () => answersOf("n2") === 2);
      expect(answersOf("n3")).to.equal(0);
    });

    it(`is answered by ARP or NDP where a firewall drops Echo, also when it asks that node alone (${family})`, async () => {
      await lan.client.nft(NO_PING);
      know(["n2", onLink]);
      for (let times = 1; times <= 3; times++) {
        asking.ask("n2");
        await until("an answer has come", () => answersOf("n2") === times);
      }
    });

    it(`is answered by Echo from behind a router, and by nobody from there if Echo is dropped (${family})`, async () => {
      await lan.client.ip(`address add ${beyond} dev lo`);
      await Namespace.own().ip(`route add ${beyond} via ${onLink}`);
      know(["n2", beyond], ["n3", onLink]);
      // An address is its host's a moment after it was added.
      await until("an answer has come", () => asking.ask("n2") && answersOf("n2") > 0);
      await lan.client.nft(NO_PING);
      const before = answersOf("n2");
      asking.ask("n2");
      asking.ask("n3");
      await until("a neighbour has answered", () => answersOf("n3") === 1);
      expect(answersOf("n2")).to.equal(before);
      await Namespace.own().ip(`route del ${beyond}`);
    });
  }

  it("asks nobody who has no address", () => {
    know(["n2", "192.0.2.2"]);
    expect(asking.ask("n9")).to.equal(false);
  });
});
