import { expect } from "chai";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import { WireChecks, type WireNews } from "../../src/wire/wire-checks.ts";
import { ADDRESS, Subject, WANTED } from "../ownership/subject.ts";

const { interval } = DEFAULT_TIMING;
const OWNER_MAC = "02:00:5e:00:53:0b";
const OTHER_MAC = "02:00:5e:00:53:99";

/** Node a, which asks for the address that b owns, and is answered by these. */
class Checked {
  readonly subject = new Subject();
  readonly checks = new WireChecks();
  readonly asked: number[] = [];
  readonly news: WireNews[] = [];
  macs: readonly string[] = [];

  constructor(epoch = 1) {
    this.subject.take(WANTED);
    this.own(epoch);
  }

  own(epoch: number): void {
    this.subject.hold("b", "owned", epoch, { mac: OWNER_MAC });
  }

  pass(millis: number): void {
    for (const end = this.subject.now + millis; this.subject.now < end; ) {
      this.subject.now += interval;
      const { now, state } = this.subject;
      this.news.push(this.checks.conclude(state, now));
      const address = this.checks.next(state, now);
      if (address === undefined) continue;
      expect(address).to.equal(ADDRESS);
      this.asked.push(now);
      for (const mac of this.macs) this.checks.answered(address, mac);
    }
  }

  get codes(): string[] {
    return [...this.checks.findings.values()].map(({ code }) => code);
  }
}

describe("WireChecks", () => {
  for (const { name, macs, codes } of [
    { name: "nothing when the owner answers", macs: [OWNER_MAC], codes: [] },
    { name: "NotSeenOnWire when nobody does", macs: [], codes: ["NotSeenOnWire"] },
    { name: "WrongMac when somebody else does", macs: [OTHER_MAC], codes: ["WrongMac"] },
    { name: "TwoOwners when both do", macs: [OTHER_MAC, OWNER_MAC], codes: ["TwoOwners"] },
  ]) {
    it(`finds ${name}`, () => {
      const checked = new Checked();
      checked.macs = macs;
      checked.pass(1_000);
      expect(checked.codes).to.deep.equal(codes);
      const [finding] = checked.news.flatMap(({ found }) => found);
      if (codes.length > 0) expect(finding).to.deep.include({ address: ADDRESS, owner: "b", macs: [...macs].sort() });
    });
  }

  it("asks every five seconds, once more when the answer is wrong, and says only once what it found", () => {
    const checked = new Checked();
    checked.pass(12_000);
    expect(checked.asked).to.have.length(4);
    expect(checked.news.flatMap(({ found }) => found)).to.have.length(1);
    expect(checked.news.flatMap(({ outcomes }) => outcomes)).to.deep.equal(new Array(4).fill("NotSeenOnWire"));
  });

  it("finds nothing when only one answer is lost", () => {
    const checked = new Checked();
    checked.pass(300);
    checked.macs = [OWNER_MAC];
    checked.pass(10_000);
    expect(checked.news.flatMap(({ found }) => found)).to.deep.equal([]);
  });

  it("is content again when the owner answers, or when the address has moved", () => {
    for (const heal of [
      (checked: Checked) => void Object.assign(checked, { macs: [OWNER_MAC] }),
      (checked: Checked) => void checked.subject.hold("b", "yielding", 2, { mac: OWNER_MAC }),
    ]) {
      const checked = new Checked();
      checked.pass(1_000);
      expect(checked.codes).to.deep.equal(["NotSeenOnWire"]);
      heal(checked);
      checked.pass(6_000);
      expect(checked.codes).to.deep.equal([]);
      expect(checked.news.flatMap(({ ended }) => ended)).to.have.length(1);
    }
  });

  it("draws no conclusion from what was asked before the address was taken anew", () => {
    const checked = new Checked();
    checked.pass(200);
    expect(checked.asked).to.have.length(1);
    checked.own(2);
    checked.pass(300);
    expect(checked.news.flatMap(({ outcomes }) => outcomes)).to.deep.equal([]);
  });

  it("asks for nothing without carrier", () => {
    const checked = new Checked();
    checked.subject.take({ kind: "link", link: { ...checked.subject.state.link, up: false } });
    checked.pass(6_000);
    expect(checked.asked).to.deep.equal([]);
  });

  it("leaves an address to the one of the others that ranks first for it", () => {
    const checked = new Checked();
    checked.subject.hear("c");
    const alone = new Checked();
    const asksBeside = (() => {
      checked.pass(1_000);
      return checked.asked.length > 0;
    })();
    alone.pass(1_000);
    expect(alone.asked.length).to.be.above(0);
    const seenByC = new WireChecks();
    const state = { ...checked.subject.state, node: "c" };
    const peers = new Map(state.peers);
    const c = peers.get("c");
    peers.delete("c");
    if (c !== undefined) peers.set("a", { ...c, node: "a" });
    const asksAsC = seenByC.next({ ...state, peers }, 60_000) !== undefined;
    expect([asksBeside, asksAsC].filter(Boolean)).to.have.length(1);
  });
});
