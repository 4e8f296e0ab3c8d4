import type { ForwardingTable } from "@fairlead/forwarding";
import type { EventNote, StatusPatch } from "@fairlead/kube";
import { DEFAULT_TIMING, HeartbeatKeys } from "@fairlead/l2";
import { ANY_LINK } from "@fairlead/net";
import { expect } from "chai";
import { NodeSpeaker } from "../src/node-speaker.ts";
import { type Decision, decide } from "../src/plan/decide.ts";
import type { Snapshot } from "../src/survey/snapshot.ts";
import { aNode, anAdvertisement, aService, aSnapshot, VIP } from "./builders.ts";
import { LonelyNode, OWNED } from "./lonely-node.ts";

const STEP = 10;
const plan = (snapshot: Partial<Snapshot> = {}): Decision => decide(aSnapshot({ nodes: [aNode("n1")], ...snapshot }));
const NOTHING = plan({ services: [] });

/** A speaker of the only node, and what it does besides answering. */
class Bench extends LonelyNode {
  readonly tables: ForwardingTable[] = [];
  readonly notes: EventNote[] = [];
  readonly speaker: NodeSpeaker;
  status: StatusPatch = {};
  /** What an attempt to forward does, once it is written down. */
  forward: () => Promise<void> = async () => {};

  constructor() {
    super();
    this.speaker = new NodeSpeaker({
      node: "n1",
      classes: aSnapshot().classes,
      responder: "userspace",
      ports: this.ports,
      reporter: {
        status: (status) => Object.assign(this, { status }),
        note: (note) => this.notes.push(note),
        observe: () => {},
      },
      timing: DEFAULT_TIMING,
      keys: new HeartbeatKeys(),
      clock: this.clock,
      log: this.log,
    });
  }

  take({ plan, forwarding }: Decision): void {
    this.speaker.follow(plan, () => {
      this.tables.push(forwarding);
      return this.forward();
    });
  }

  async follow(decision: Decision): Promise<void> {
    this.take(decision);
    await this.pass(OWNED);
  }

  /** What the status tells of Layer 2. */
  get layer2(): Readonly<Record<string, unknown>> {
    return this.status.layer2 as Readonly<Record<string, unknown>>;
  }

  /** Messages that were logged of the address. */
  get said(): string[] {
    return this.log.lines.filter(({ fields }) => fields.address === VIP).map(({ message }) => message);
  }

  async close(): Promise<void> {
    const stopped = this.speaker.stop();
    await this.pass(STEP);
    await stopped;
  }
}

describe("NodeSpeaker", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => bench.close());

  it("is not ready before the first plan is in effect", async () => {
    expect(bench.speaker.notReady()).to.be.a("string");
    await bench.follow(NOTHING);
    expect(bench.speaker.notReady()).to.equal(undefined);
  });

  it("forwards first, and answers then", async () => {
    const forwarded = Promise.withResolvers<void>();
    bench.forward = () => forwarded.promise;
    await bench.follow(plan());
    expect(await bench.answers(VIP)).to.equal(false);
    expect(bench.speaker.notReady()).to.be.a("string");
    forwarded.resolve();
    await bench.pass(OWNED);
    expect(await bench.answers(VIP)).to.equal(true);
    expect(bench.said).to.deep.equal(["forwarding installed", "address announced: this node owns it"]);
  });

  it("withdraws first, and stops forwarding then", async () => {
    await bench.follow(plan());
    let before: string[] = [];
    bench.forward = async () => {
      before = bench.said;
    };
    await bench.follow(NOTHING);
    expect(before.at(-1)).to.equal("address withdrawn");
    expect(bench.tables.at(-1)?.ports).to.deep.equal([]);
    expect(await bench.answers(VIP)).to.equal(false);
  });

  it("goes on answering while a change cannot be forwarded, and answers for no more than is forwarded", async () => {
    await bench.follow(plan());
    bench.forward = () => Promise.reject(new Error("no nft"));
    const more = aService({ name: "more", uid: "uid-more", ingress: ["192.0.2.11"] });
    await bench.follow(plan({ services: [aService(), more], allocations: [] }));
    expect(await bench.answers(VIP)).to.equal(true);
    expect(bench.layer2.owned).to.equal(1);
    bench.forward = async () => {};
    await bench.pass(10_000);
    expect(bench.layer2.owned).to.equal(2);
  });

  it("takes the last of several plans", async () => {
    const forwarded = Promise.withResolvers<void>();
    bench.forward = () => forwarded.promise;
    bench.take(NOTHING);
    await bench.pass(STEP);
    bench.take(NOTHING);
    bench.take(plan());
    forwarded.resolve();
    await bench.pass(OWNED);
    expect(bench.tables.map(({ ports }) => ports.length)).to.deep.equal([0, 1]);
  });

  it("notes on the Service who answers for its address, and why", async () => {
    await bench.follow(plan());
    expect(bench.notes).to.deep.equal([
      {
        object: { kind: "Service", namespace: "default", name: "web" },
        uid: "uid-web",
        type: "Normal",
        reason: "AddressAnnounced",
        message: "n1 answers for 192.0.2.10 on eth0: nobody did",
      },
    ]);
  });

  for (const { name, snapshot, cut = false, code } of [
    { name: "the node", snapshot: { nodes: [aNode("n1", { networkUnavailable: true })] }, code: "NetworkUnavailable" },
    { name: "the link's state", snapshot: {}, cut: true, code: "LinkDown" },
    {
      name: "the links there are",
      snapshot: { advertisements: [anAdvertisement({ links: { ...ANY_LINK, interfaces: ["eth7"] } })] },
      code: "NoInterface",
    },
  ]) {
    it(`says once why it is no candidate by ${name}, and again after a time when it was`, async () => {
      if (cut) bench.host.cut();
      await bench.follow(plan(snapshot));
      await bench.follow(plan(snapshot));
      const refusals = () => bench.said.filter((message) => message === "this node is no candidate");
      expect(bench.layer2.refusals).to.have.nested.property("[0].reason", code);
      expect(refusals()).to.have.length(1);
      if (cut) bench.host.restore();
      await bench.follow(plan());
      expect(bench.layer2).to.deep.include({ refusals: [], owned: 1 });
      if (cut) bench.host.cut();
      await bench.follow(plan(snapshot));
      expect(refusals()).to.have.length(2);
    });
  }

  it("says why an address is withdrawn", async () => {
    await bench.follow(plan());
    await bench.follow(plan({ nodes: [aNode("n1", { networkUnavailable: true })] }));
    const line = bench.log.lines.find(({ message }) => message === "address withdrawn");
    expect(line?.fields).to.deep.include({ service: "default/web", cause: "NotCandidate" });
    expect(line?.fields.why).to.match(/^The Node's condition NetworkUnavailable is True/);
  });

  it("names the Service of an address that is withdrawn because it is wanted no more", async () => {
    await bench.follow(plan());
    await bench.follow(NOTHING);
    const line = bench.log.lines.find(({ message }) => message === "address withdrawn");
    expect(line?.fields).to.deep.include({ service: "default/web", cause: "NotWanted" });
  });

  it("Y-92: owns nothing any more when it has stopped, by its status too, and leaves the forwarding in place", async () => {
    await bench.follow(plan());
    await bench.close();
    expect(await bench.answers(VIP)).to.equal(false);
    expect(bench.layer2).to.deep.include({ owned: 0, addresses: [] });
    expect(bench.tables.at(-1)?.ports).to.have.length(1);
  });
});
