import { expect } from "chai";
import type { Candidates } from "../../src/ownership/state.ts";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import { LINK } from "../builders.ts";
import { ADDRESS, NODES, owner, Subject } from "./subject.ts";

const { interval, detection, claim, probe } = DEFAULT_TIMING;
const MAC = "02:00:5e:00:53:99";
const SIGHTED = { kind: "sighted", address: ADDRESS, mac: MAC } as const;
const MINUTE = 60_000;

/** Node a, claiming the address that nobody had. */
function claimant(isNew = true): Subject {
  const subject = new Subject();
  const wanted = new Map<string, Candidates>([[ADDRESS, { nodes: NODES, isNew }]]);
  subject.take({ kind: "wanted", wanted, ready: true });
  subject.until(detection);
  expect(subject.holding).to.equal("claimed");
  return subject;
}

describe("strangers", () => {
  it("Y-69: are asked for before a node answers for what nobody had, and not when it takes over", () => {
    const subject = new Subject();
    const wanted = new Map<string, Candidates>([[ADDRESS, { nodes: NODES }]]);
    subject.take({ kind: "wanted", wanted, ready: true });
    expect(subject.until(detection)).to.include("probe");
    subject.until(detection + probe - 1);
    expect(subject.holding).to.equal("claimed");
    subject.until(detection + probe);
    expect(subject.holding).to.equal("owned");

    const heir = new Subject();
    heir.take({ kind: "wanted", wanted, ready: true });
    heir.hold("b", "owned", 1);
    expect(heir.until(detection + claim + interval)).not.to.include("probe");
    expect(heir.holding).to.equal("owned");
  });

  it("keep an address that they had first", () => {
    const subject = claimant();
    expect(subject.take(SIGHTED)).to.deep.equal(["stranger", "release AddressInUse", "sendTable"]);
    expect(subject.state.strangers.get(ADDRESS)).to.include({ mac: MAC, code: "AddressInUse", isNew: true });
    subject.until(subject.now + 10 * detection);
    expect(subject.holding).to.equal(undefined);
  });

  it("do not make an address new that was there before the speaker", () => {
    const subject = claimant(false);
    subject.take(SIGHTED);
    expect(subject.state.strangers.get(ADDRESS)?.isNew).to.equal(false);
  });

  it("are asked again every half minute, and the address is taken when none answers any more", () => {
    const subject = claimant();
    subject.take(SIGHTED);
    const since = subject.now;
    expect(subject.until(since + 29_900)).not.to.include("probe");
    expect(subject.until(since + 30_100)).to.include("probe");
    subject.take(SIGHTED);
    expect(subject.until(since + 59_000)).not.to.include.members(["strangerGone"]);
    expect(subject.state.strangers.get(ADDRESS)?.times).to.equal(2);
    const effects = subject.until(since + 62_000);
    expect(effects).to.include.members(["probe", "strangerGone", "own NoOwner"]);
    expect(subject.state.strangers.size).to.equal(0);
  });

  it("are not asked without carrier", () => {
    const subject = claimant();
    subject.take(SIGHTED);
    subject.take({ kind: "link", link: { ...LINK, up: false } });
    expect(subject.until(subject.now + 2 * MINUTE)).not.to.include.members(["strangerGone"]);
  });

  it("that come later are borne, and forgotten when nothing was heard of them for a minute", () => {
    const subject = owner();
    expect(subject.take(SIGHTED)).to.deep.equal(["stranger"]);
    expect(subject.holding).to.equal("owned");
    expect(subject.state.strangers.get(ADDRESS)?.code).to.equal("AddressConflict");
    const since = subject.now;
    subject.until(since + MINUTE - interval);
    expect(subject.state.strangers.size).to.equal(1);
    expect(subject.until(since + MINUTE)).to.include("strangerGone");
    expect(subject.holding).to.equal("owned");
  });

  it("do not matter for what another speaker has", () => {
    const subject = new Subject();
    subject.take({ kind: "wanted", wanted: new Map([[ADDRESS, { nodes: NODES }]]), ready: true });
    subject.hold("b", "owned", 1);
    expect(subject.take(SIGHTED)).to.deep.equal([]);
    expect(subject.state.strangers.size).to.equal(0);
  });

  it("that another speaker has met when it claimed the address are asked for by the next one, too", () => {
    const subject = new Subject();
    subject.take({ kind: "wanted", wanted: new Map([[ADDRESS, { nodes: NODES }]]), ready: true });
    subject.hold("b", "claimed", 1);
    const none = { tableVersion: 99, table: { part: 0, parts: 1, entries: [] } };
    const effects = subject.until(6 * detection, () => void subject.hear("b", none));
    expect(effects).to.include.members(["probe", "own NoOwner"]);
  });
});
