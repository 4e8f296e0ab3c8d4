import type { OpenLinkSocket } from "@fairlead/linux";
import type { MemoryHost } from "@fairlead/linux/testing";
import { type AddressRange, ANY_LINK, parseRange } from "@fairlead/net";
import { MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { Agent } from "../src/agent.ts";
import type { AgentOptions, WantedAddress } from "../src/agent-options.ts";
import type { Move } from "../src/events.ts";
import { HeartbeatKeys } from "../src/heartbeat/keys.ts";
import { DEFAULT_TIMING } from "../src/ownership/timing.ts";
import { nodesNamed } from "./builders.ts";
import { Bench, FakeLinks, RecordingResponder } from "./driver-bench.ts";

const { interval, detection, probe } = DEFAULT_TIMING;
const ADDRESS = "192.0.2.50";
const OTHER_MAC = "02:00:5e:00:54:77";
const WANTED = [{ address: ADDRESS, nodes: nodesNamed("a", "b") }];

/** A node with everything that its agent touches. */
class Subject {
  readonly host: MemoryHost;
  readonly links: FakeLinks;
  readonly responders: RecordingResponder[] = [];
  readonly moves: Move[] = [];
  readonly log = new MemoryLog();
  readonly agent: Agent;
  /** How many attempts to make a responder are still to fail. */
  failures = 0;

  constructor(bench: Bench, name: string, index: number, rest: Partial<AgentOptions> = {}) {
    this.host = bench.lan.host(name, `192.0.2.${index}/24`);
    this.links = new FakeLinks([this.host.link()]);
    this.agent = new Agent({
      node: name,
      timing: DEFAULT_TIMING,
      keys: new HeartbeatKeys(),
      links: this.links,
      openLinkSocket: this.host.openLinkSocket,
      makeResponder: async () => {
        if (this.failures-- > 0) throw new Error("no nft");
        const responder = new RecordingResponder(name, bench.journal);
        this.responders.push(responder);
        return responder;
      },
      clock: bench.clock,
      log: this.log,
      onEvent: (event) => {
        if (event.kind === "moved") this.moves.push(event.move);
      },
      ...rest,
    });
  }

  want(addresses: readonly WantedAddress[], ...ranges: readonly AddressRange[]): void {
    this.agent.want({ addresses, expected: [], ranges, nodes: new Map(), ready: true });
  }

  get owned(): string[] {
    return this.agent.report().owned.map(({ address }) => address);
  }
}

describe("Agent", () => {
  let bench: Bench;
  let subjects: Subject[];
  beforeEach(() => {
    bench = new Bench();
    subjects = [];
  });
  afterEach(async () => {
    const stopped = subjects.map(({ agent }) => agent.stop(0));
    await bench.pass(interval);
    await Promise.all(stopped);
  });

  const start = (name: string, index: number, rest: Partial<AgentOptions> = {}): Subject => {
    const subject = new Subject(bench, name, index, rest);
    subjects.push(subject);
    return subject;
  };
  const owner = async (): Promise<Subject> => {
    const a = start("a", 1);
    a.want(WANTED);
    await bench.pass(detection + probe + interval);
    expect(a.owned).to.deep.equal([ADDRESS]);
    return a;
  };

  it("reports its links, what it owns there, and what it can announce on no link", async () => {
    const a = await owner();
    a.want([...WANTED, { address: "198.51.100.1", nodes: nodesNamed("a") }]);
    const { links, refusals } = a.agent.report();
    expect(links).to.deep.equal([{ name: "eth0", responder: "userspace", neighbors: [] }]);
    expect(refusals).to.deep.equal([{ code: "NoInterface", address: "198.51.100.1", selectors: [ANY_LINK] }]);
  });

  it("joins the links of its ranges before there is an address, so that the first need not wait", async () => {
    const a = start("a", 1);
    a.want([], parseRange("192.0.2.50-192.0.2.60"));
    await bench.pass(2 * detection);
    a.want(WANTED, parseRange("192.0.2.50-192.0.2.60"));
    await bench.pass(probe + 10);
    expect(a.owned).to.deep.equal([ADDRESS]);
  });

  it("joins the link of what it is to announce before it forwards that, and announces none of it", async () => {
    const a = start("a", 1);
    const elsewhere = new Map([["a", { links: [[{ interfaces: ["eth0"], subnets: [], exclude: [] }]], weight: 0 }]]);
    const wanted = [{ address: "198.51.100.1", nodes: elsewhere }];
    a.agent.want({ addresses: [], expected: wanted, ranges: [], nodes: new Map(), ready: false });
    await bench.pass(2 * detection);
    expect(a.owned).to.deep.equal([]);
    a.want(wanted);
    await bench.pass(probe + 10);
    expect(a.owned).to.deep.equal(["198.51.100.1"]);
  });

  it("joins no link that no address or range belongs to", async () => {
    const a = start("a", 1);
    a.want([], parseRange("198.51.100.0/24"));
    await bench.pass(interval);
    expect(a.agent.report().links).to.deep.equal([]);
  });

  it("gives everything up on a link that is gone, and answers nothing there", async () => {
    const a = await owner();
    a.links.set([]);
    await bench.pass(interval);
    expect(a.moves.at(-1)).to.include({ kind: "release", cause: "NotWanted" });
    expect(a.responders[0]?.closed).to.equal(true);
    expect(a.agent.report().refusals).to.deep.equal([{ code: "NoInterface", address: ADDRESS, selectors: [ANY_LINK] }]);
  });

  it("Y-67: starts anew on a link that has another Ethernet address, once the old responder is closed", async () => {
    const a = await owner();
    bench.journal.length = 0;
    a.links.set([{ ...a.host.link(), mac: OTHER_MAC }]);
    await bench.pass(detection + probe + 2 * interval);
    expect(a.responders.map(({ closed }) => closed)).to.deep.equal([true, false]);
    expect(bench.journal).to.include(`${OTHER_MAC} announces ${ADDRESS} by request`);
    expect(a.agent.report().links).to.have.length(1);
  });

  it("does not make a new responder while the old one still closes", async () => {
    const a = await owner();
    const { promise, resolve } = Promise.withResolvers<void>();
    const [old] = a.responders;
    if (old !== undefined) old.close = () => promise;
    a.links.set([{ ...a.host.link(), mac: OTHER_MAC }]);
    await bench.pass(detection);
    expect(a.responders).to.have.length(1);
    resolve();
    await bench.pass(detection);
    expect(a.responders).to.have.length(2);
  });

  it("gives up what it owns while the link is down, and takes it again when the link is back", async () => {
    const a = await owner();
    a.links.set([{ ...a.host.link(), up: false }]);
    expect(a.owned).to.deep.equal([]);
    expect(a.agent.report().refusals).to.deep.equal([{ code: "LinkDown", address: ADDRESS, link: "eth0" }]);
    a.links.set([a.host.link()]);
    await bench.pass(detection + probe + interval);
    expect(a.owned).to.deep.equal([ADDRESS]);
  });

  it("Y-63: tries again after a second when no responder can be made", async () => {
    const a = start("a", 1);
    a.failures = 2;
    a.want(WANTED);
    await bench.pass(2_500 + detection);
    expect(a.owned).to.deep.equal([ADDRESS]);
    expect(a.log.lines.filter(({ level }) => level === "error")).to.have.length(2);
  });

  it("leaves no responder behind when the socket cannot be opened", async () => {
    const refuse: OpenLinkSocket = () => {
      throw new Error("no right to");
    };
    const a = start("a", 1, { openLinkSocket: refuse });
    a.want(WANTED);
    await bench.pass(2_500);
    expect(a.responders.length).to.be.above(1);
    expect(a.responders.map(({ closed }) => closed)).not.to.include(false);
  });

  it("hands over when it stops", async () => {
    const a = await owner();
    const b = start("b", 2);
    b.want(WANTED);
    await bench.pass(2 * detection);
    const stopped = a.agent.stop(5_000);
    await bench.pass(3 * interval);
    await stopped;
    expect(b.owned).to.deep.equal([ADDRESS]);
    expect(a.responders[0]?.closed).to.equal(true);
  });

  it("starts nothing once stopped", async () => {
    const a = start("a", 1);
    a.want(WANTED);
    await a.agent.stop(0);
    a.links.set([a.host.link()]);
    await bench.pass(2_000);
    expect(a.agent.report().links).to.deep.equal([]);
    expect(a.responders.map(({ closed }) => closed)).not.to.include(false);
  });
});
