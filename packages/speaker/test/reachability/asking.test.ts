import { setImmediate as breath } from "node:timers/promises";
import { decodeArp, decodeEthernet, ETHERTYPE, encodeArp, encodeEthernet } from "@fairlead/l2/testing";
import type { OpenLinkSocket } from "@fairlead/linux";
import { type MemoryHost, MemoryLan } from "@fairlead/linux/testing";
import { BROADCAST_MAC, type Mac, parseAddress } from "@fairlead/net";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { Asking } from "../../src/reachability/asking.ts";
import { SimulatedKernel } from "../../src/testing/simulated-kernel.ts";

const N2 = parseAddress("192.0.2.12");
const FAR = parseAddress("198.51.100.12");

describe("Asking", () => {
  let clock: FakeClock;
  let asker: MemoryHost;
  let other: MemoryHost;
  let kernel: SimulatedKernel;
  /** What is sent by Echo, and where replies are taken. */
  let echoes: Uint8Array[];
  let reply: (data: Uint8Array) => void;
  let asking: Asking;
  /** Destinations of ARP requests. */
  let requests: string[];
  const answers: string[] = [];
  beforeEach(() => {
    clock = new FakeClock();
    const lan = new MemoryLan();
    asker = lan.host("n1", "192.0.2.11/24");
    other = lan.host("n2", "192.0.2.12/24");
    kernel = new SimulatedKernel([other]);
    kernel.answersEcho = false;
    echoes = [];
    requests = [];
    answers.length = 0;
    asking = new Asking({
      links: asker.links,
      openLinkSocket: asker.openLinkSocket,
      openEcho: (onReply) => {
        reply = (data) => onReply(data, N2);
        return { send: (data) => echoes.push(data) > 0, close: () => {} };
      },
      clock,
      log: new MemoryLog(),
      onAnswer: (node) => answers.push(node),
    });
    other.openLinkSocket(other.link(), [ETHERTYPE.arp], (octets) => {
      const { destination, payload } = decodeEthernet(octets);
      if (decodeArp(payload).operation === "request") requests.push(destination);
    });
  });
  afterEach(() => asking.close());

  const ask = async (node: string): Promise<boolean> => {
    const isAsked = asking.ask(node);
    for (let i = 0; i < 4; i++) await breath();
    return isAsked;
  };

  it("asks a neighbour by both ways, all on the link first, and then that one alone", async () => {
    asking.know(new Map([["n2", [N2]]]));
    for (let i = 0; i < 3; i++) expect(await ask("n2")).to.equal(true);
    expect(echoes).to.have.length(3);
    expect(requests).to.deep.equal([BROADCAST_MAC, other.link().mac, other.link().mac]);
    expect(answers).to.deep.equal(["n2", "n2", "n2"]);
  });

  it("asks by Echo alone who is on no link", async () => {
    asking.know(new Map([["n2", [FAR]]]));
    expect(await ask("n2")).to.equal(true);
    expect([echoes.length, requests.length]).to.deep.equal([1, 0]);
  });

  it("takes a reply that repeats the value once, and for two seconds", async () => {
    asking.know(new Map([["n2", [FAR]]]));
    for (let i = 0; i < 2; i++) await ask("n2");
    const [first = new Uint8Array(), second = new Uint8Array()] = echoes;
    reply(first);
    reply(first);
    reply(first.map((octet) => octet ^ 1));
    expect(answers).to.deep.equal(["n2"]);
    await clock.advance(2_001);
    reply(second);
    expect(answers).to.deep.equal(["n2"]);
  });

  it("takes for an answer only what is said to it alone, and soon after it has asked", async () => {
    asking.know(new Map([["n2", [N2]]]));
    await ask("n2");
    answers.length = 0;
    const say = async (destination: Mac) => {
      const { mac } = other.link();
      const own = { mac, ip: N2 };
      const payload = encodeArp({ operation: "reply", sender: own, target: own });
      const socket = other.openLinkSocket(other.link(), [], () => {});
      socket.send(encodeEthernet({ destination, source: mac, etherType: ETHERTYPE.arp, payload }));
      for (let i = 0; i < 4; i++) await breath();
    };
    await say(BROADCAST_MAC);
    expect(answers).to.deep.equal([]);
    await say(asker.link().mac);
    expect(answers).to.deep.equal(["n2"]);
    await clock.advance(2_001);
    await say(asker.link().mac);
    expect(answers).to.deep.equal(["n2"]);
  });

  it("asks who is there of hundreds of nodes on a link", async () => {
    const nodes = Array.from({ length: 240 }, (_, i) => [`n${i}`, [parseAddress(`192.0.2.${i + 10}`)]] as const);
    asking.know(new Map(nodes));
    await ask("n2");
    expect(answers).to.deep.equal(["n2"]);
  });

  it("asks nobody by ARP through a link without carrier, nor where it must not open it", async () => {
    asking.know(new Map([["n2", [N2]]]));
    asker.cut();
    await ask("n2");
    expect(requests).to.deep.equal([]);
    const log = new MemoryLog();
    const openLinkSocket: OpenLinkSocket = () => {
      throw new Error("EPERM");
    };
    const options = { links: asker.links, openLinkSocket, clock, log, onAnswer: () => {} };
    const unable = new Asking(options);
    unable.know(new Map([["n2", [N2]]]));
    expect(unable.ask("n2")).to.equal(false);
    expect(log.lines.map(({ level }) => level)).to.include("warn");
    unable.close();
  });
});
