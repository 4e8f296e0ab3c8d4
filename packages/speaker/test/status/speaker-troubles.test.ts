import type { EventNote, StatusPatch } from "@fairlead/kube";
import type { Trouble } from "@fairlead/model";
import { parseAddress, parsePrefix } from "@fairlead/net";
import { FakeClock, MemoryLog } from "@fairlead/runtime/testing";
import { expect } from "chai";
import { decide } from "../../src/plan/decide.ts";
import type { Observation, Reporter } from "../../src/ports.ts";
import { SpeakerTroubles } from "../../src/status/speaker-troubles.ts";
import { aNode, aSnapshot } from "../builders.ts";

const NO_NFT: Trouble = { code: "NftMissing", why: "not there" };
const NO_RIGHT: Trouble = {
  code: "PermissionMissing",
  permissions: [{ verb: "create", group: "", resource: "events" }],
};

describe("the troubles of a speaker", () => {
  let clock: FakeClock;
  let log: MemoryLog;
  let statuses: StatusPatch[];
  let notes: EventNote[];
  let observed: Observation[];
  let ofNode: readonly Trouble[];
  let troubles: SpeakerTroubles;
  let reporter: Reporter;
  beforeEach(() => {
    clock = new FakeClock();
    log = new MemoryLog();
    [statuses, notes, observed, ofNode] = [[], [], [], []];
    troubles = new SpeakerTroubles({ ...options(), clock, log });
    reporter = troubles.start({
      status: (status) => statuses.push(status),
      note: (note) => notes.push(note),
      observe: (seen) => observed.push(seen),
    });
  });
  afterEach(() => troubles.stop());
  const options = () => ({
    node: "n1",
    forwarding: "direct" as const,
    watch: {
      start() {},
      stop: async () => {},
      get troubles() {
        return ofNode;
      },
    },
    links: { current: () => [{ ...LINK, addresses: [parsePrefix("192.0.2.1/24")] }] },
  });
  const codes = () => (statuses.at(-1)?.problems as { code: string }[] | undefined)?.map(({ code }) => code);

  it("are in a status before the speaker has one, in the log, in an Event of the Node and in what it is not ready with", async () => {
    ofNode = [NO_NFT];
    await clock.advance(2_000);
    expect(statuses.at(-1)).to.deep.include({ forwarding: { mode: "direct" } });
    expect(statuses.at(-1)).to.have.nested.property("layer2.owned", 0);
    expect(codes()).to.deep.equal(["NftMissing"]);
    expect(log.lines.map(({ fields }) => fields.reason)).to.deep.equal(["NftMissing"]);
    expect(notes.map(({ object, uid, type, reason }) => ({ object, uid, type, reason }))).to.deep.equal([
      { object: { kind: "Node", name: "n1" }, uid: "n1", type: "Warning", reason: "NftMissing" },
    ]);
    expect(troubles.notReady()).to.match(/^NftMissing: Cannot /);
  });

  it("leave the statuses when they are over", async () => {
    ofNode = [NO_NFT];
    await clock.advance(2_000);
    reporter.status({ owned: 7 });
    expect(codes()).to.deep.equal(["NftMissing"]);
    ofNode = [];
    await clock.advance(2_000);
    expect(statuses.at(-1)).to.deep.equal({ owned: 7, problems: [] });
    expect(troubles.notReady()).to.equal(undefined);
  });

  it("are those of the API too, which have been logged, each noted once", async () => {
    troubles.ofApi([NO_RIGHT]);
    ofNode = [NO_NFT];
    await clock.advance(2_000);
    expect(codes()).to.deep.equal(["NftMissing", "PermissionMissing"]);
    expect(log.lines.map(({ fields }) => fields.reason)).to.deep.equal(["NftMissing"]);
    expect(notes.map(({ reason }) => reason)).to.deep.equal(["PermissionMissing", "NftMissing"]);
    expect(troubles.notReady()).to.contain("\nPermissionMissing: Cannot create events: ");
  });

  it("hold back nothing that the speaker observes", () => {
    reporter.observe({ lost: new Set(["n2"]) });
    expect(observed).to.deep.equal([{ lost: new Set(["n2"]) }]);
  });

  it("are told also if the API's were known first", () => {
    const early = new SpeakerTroubles({ ...options(), clock, log });
    early.ofApi([NO_RIGHT]);
    early.start({ status: (status) => statuses.push(status), note() {}, observe() {} });
    expect(codes()).to.deep.equal(["PermissionMissing"]);
    return early.stop();
  });

  it("are one if no link has an address of the Node", async () => {
    troubles.follow(planOf("192.0.2.1"));
    expect(troubles.notReady()).to.equal(undefined);
    troubles.follow(planOf("198.51.100.1"));
    expect(troubles.notReady()).to.match(/^NotHostNetwork: Cannot .*198\.51\.100\.1.*hostNetwork: true/);
  });

  it("write nothing while there are none", async () => {
    await clock.advance(5_000);
    expect([statuses, notes]).to.deep.equal([[], []]);
  });
});

const LINK = {
  index: 2,
  name: "eth0",
  mac: "02:00:5e:00:53:01",
  mtu: 1500,
  up: true,
  loopback: false,
  noArp: false,
  gateways: [],
} as const;

function planOf(address: string) {
  return decide(aSnapshot({ nodes: [{ ...aNode("n1"), internalAddresses: [parseAddress(address)] }] })).plan;
}
