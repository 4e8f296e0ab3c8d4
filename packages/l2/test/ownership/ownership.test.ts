import { parsePrefix } from "@fairlead/net";
import { expect } from "chai";
import { begin, mayAnswer, step } from "../../src/ownership/ownership.ts";
import { UNKNOWN_STEADINESS } from "../../src/ownership/steadiness.ts";
import {
  type Candidates,
  DEFAULT_TIMING,
  type OwnershipEvent,
  type OwnershipState,
} from "../../src/ownership/types.ts";
import type { Heartbeat, HoldState, Standing, TablePart } from "../../src/packet/heartbeat.ts";

const { interval, detection, claim } = DEFAULT_TIMING;
const LINK = { up: true, prefixes: [parsePrefix("192.0.2.1/24")] };
const ADDRESS = "192.0.2.50";
const NODES = new Set(["a", "b", "c"]);
const WANTED: OwnershipEvent = {
  kind: "wanted",
  ready: true,
  wanted: new Map<string, Candidates>([[ADDRESS, { nodes: NODES, needsSubnet: true }]]),
};

/** Node a on a link: feeds events to step(), and remembers what was to be done. */
class Subject {
  now = 0;
  /** Not warming up any more. */
  state: OwnershipState = {
    ...begin("a", DEFAULT_TIMING, LINK, 0, 1n),
    steadiness: { ...UNKNOWN_STEADINESS, readyAt: -10_000 },
    reluctance: undefined,
  };
  #sequence = 0;

  take(event: OwnershipEvent): string[] {
    const { next, effects } = step(this.state, event, this.now);
    this.state = next;
    return effects.map((effect) => {
      if (effect.kind === "own") return `own ${effect.holding.cause}`;
      return effect.kind === "release" ? `release ${effect.cause}` : effect.kind;
    });
  }

  /** Runs as it should until then; `between` happens before each tick. */
  until(time: number, between: () => void = () => undefined): string[] {
    const done: string[] = [];
    while (this.now < time) {
      this.now = Math.min(time, this.now + interval);
      between();
      done.push(...this.take({ kind: "tick" }));
    }
    return done;
  }

  hear(node: string, rest: Partial<Heartbeat> = {}): string[] {
    this.#sequence += 1;
    const heartbeat: Heartbeat = {
      node,
      incarnation: 1n,
      sequence: this.#sequence,
      leaving: false,
      listening: false,
      reluctant: false,
      wantsTables: false,
      challenge: 0n,
      echoes: [],
      highestEpoch: 0,
      tableVersion: 0,
      prefixes: LINK.prefixes,
      ...rest,
    };
    if (rest.echoes === undefined) this.#trust(heartbeat);
    return this.take({ kind: "heard", heartbeat });
  }

  /** As if the speaker had proved itself before. */
  #trust({ node, incarnation }: Heartbeat): void {
    const { freshness } = this.state;
    if (freshness.last.get(node)?.incarnation === incarnation) return;
    const last = new Map(freshness.last).set(node, { incarnation, sequence: 0 });
    this.state = { ...this.state, freshness: { ...freshness, last } };
  }

  hold(
    node: string,
    state: HoldState,
    epoch: number,
    rest: Partial<Heartbeat> = {},
    standing: Standing = "firm",
  ): string[] {
    const table: TablePart = { part: 0, parts: 1, entries: [{ address: ADDRESS, epoch, state, standing }] };
    return this.hear(node, { tableVersion: 10 * epoch + (state === "owned" ? 1 : 0), table, ...rest });
  }

  get holding(): string | undefined {
    return this.state.holdings.get(ADDRESS)?.state;
  }
}

/** Node a, alone and owner of the address. */
function owner(): Subject {
  const subject = new Subject();
  subject.take(WANTED);
  subject.until(detection + interval);
  expect(subject.holding).to.equal("owned");
  return subject;
}

describe("step", () => {
  it("listens for the detection time, claims what has no owner, and owns it when nobody objected", () => {
    const subject = new Subject();
    subject.take(WANTED);
    expect(subject.until(detection - 1)).to.deep.equal([]);
    subject.now = detection;
    expect(subject.take({ kind: "tick" })).to.deep.equal(["sendTable"]);
    expect(subject.holding).to.equal("claimed");
    subject.now += claim;
    expect(subject.take({ kind: "tick" })).to.deep.equal(["own NoOwner", "sendTable"]);
  });

  it("claims nothing that another holds", () => {
    const subject = new Subject();
    subject.take(WANTED);
    expect(subject.until(3 * detection, () => void subject.hold("b", "owned", 3))).not.to.include("own NoOwner");
    expect(subject.holding).to.equal(undefined);
  });

  it("takes over from an owner that is silent for the detection time, above every epoch it has heard of", () => {
    const subject = new Subject();
    subject.take(WANTED);
    subject.until(2 * detection, () => void subject.hold("b", "owned", 3, { highestEpoch: 8 }));
    expect(subject.until(3 * detection + interval)).to.deep.equal([
      "peerDown",
      "sendTable",
      "own OwnerSilent",
      "sendTable",
    ]);
    expect(subject.state.holdings.get(ADDRESS)).to.include({ epoch: 9, previous: "b" });
  });

  it("yields to a higher epoch, even to a claim, and answers until the other one does", () => {
    const subject = owner();
    expect(subject.hold("b", "claimed", 2))
      .to.include("sendTable")
      .and.not.include("release RivalWins");
    expect(subject.holding).to.equal("yielding");
    expect(subject.hold("b", "owned", 2)).to.include("release RivalWins");
  });

  it("stays when a rival that only claimed is gone", () => {
    const subject = owner();
    subject.hold("b", "claimed", 2);
    expect(subject.until(subject.now + detection + interval)).to.deep.equal(["peerDown", "sendTable"]);
    expect(subject.holding).to.equal("owned");
  });

  it("stays with a lower epoch against it, and announces the address anew once for each table of the rival", () => {
    const subject = owner();
    subject.hold("b", "owned", 5);
    const back = owner();
    back.state = { ...back.state, holdings: new Map([[ADDRESS, { ...holdingOf(back), epoch: 9 }]]) };
    expect(back.hold("b", "owned", 5)).to.include("reannounce");
    expect(back.until(back.now + interval)).to.deep.equal([]);
    expect(back.holding).to.equal("owned");
    expect(subject.holding).to.equal(undefined);
  });

  it("keeps what it has while the speakers around it start anew", () => {
    const subject = owner();
    const effects = [subject.hear("b", { listening: true }), subject.hear("b"), subject.hear("c")].flat();
    expect([...effects, ...subject.until(5 * detection, () => void subject.hear("b"))]).not.to.include.members([
      "release RivalWins",
    ]);
    expect(subject.holding).to.equal("owned");
  });

  for (const first of [
    { kind: "tick" },
    WANTED,
    { kind: "link", link: LINK },
    { kind: "leave" },
  ] satisfies OwnershipEvent[]) {
    it(`notices that it was stopped, and blames nobody, when a ${first.kind} comes first`, () => {
      const subject = new Subject();
      subject.take(WANTED);
      subject.until(2 * detection, () => void subject.hold("b", "owned", 3));
      subject.now += 10 * detection;
      expect(subject.take(first)[0]).to.equal("slept");
      expect(mayAnswer(subject.state, subject.now)).to.equal(false);
      expect(subject.state.peers.has("b")).to.equal(true);
      expect(subject.holding).to.equal(undefined);
    });
  }

  it("notices that it was stopped when a heartbeat comes first, and yields before it answers", () => {
    const subject = owner();
    subject.now += 10 * detection;
    expect(subject.hold("b", "owned", 2)).to.deep.equal([
      "slept",
      "sendTable",
      "peerUp",
      "sendTable",
      "release RivalWins",
      "sendTable",
    ]);
    expect(mayAnswer(subject.state, subject.now)).to.equal(false);
  });

  it("listens only briefly after a stop that nobody can have noticed", () => {
    const subject = owner();
    subject.now += detection - 1;
    subject.take({ kind: "tick" });
    expect(mayAnswer(subject.state, subject.now + 2 * interval - 1)).to.equal(false);
    expect(mayAnswer(subject.state, subject.now + 2 * interval)).to.equal(true);
  });

  it("gives everything up without carrier, and listens first when it is back", () => {
    const subject = owner();
    expect(subject.take({ kind: "link", link: { ...LINK, up: false } })).to.include("release NotCandidate");
    subject.until(subject.now + 5 * detection);
    expect(subject.holding).to.equal(undefined);
    subject.take({ kind: "link", link: LINK });
    expect(subject.until(subject.now + detection - 1)).to.deep.equal([]);
  });

  it("does not leave what has lost its owner to a speaker that only listens", () => {
    const subject = new Subject();
    const others = { kind: "wanted", wanted: manyAddresses(20), ready: true } as const;
    subject.take(others);
    const listener = () => void subject.hear("c", { listening: true });
    const table = { part: 0, parts: 1, entries: [...others.wanted.keys()].map(entryOf) };
    subject.until(2 * detection, () => {
      listener();
      subject.hear("b", { tableVersion: 1, table });
    });
    subject.until(3 * detection + 2 * interval, listener);
    expect(subject.state.holdings.size).to.equal(20);
  });

  it("leaves what is new to listening speakers for a while, then takes it, if it has just started too", () => {
    const subject = new Subject();
    subject.state = begin("a", DEFAULT_TIMING, LINK, 0, 1n);
    subject.take({ kind: "wanted", wanted: manyAddresses(20), ready: true });
    const listener = () => void subject.hear("c", { listening: true });
    subject.until(detection + interval, listener);
    expect(subject.state.holdings.size).to.be.within(5, 15);
    subject.until(2 * detection + 2 * interval, listener);
    expect(subject.state.holdings.size).to.equal(20);
  });

  it("takes over nothing while it warms up and another is steady, and does when none is", () => {
    const subject = new Subject();
    subject.state = begin("a", DEFAULT_TIMING, LINK, 0, 1n);
    subject.take(WANTED);
    subject.until(2 * detection - interval, () => void subject.hear("b"));
    expect(subject.state.holdings.size).to.equal(0);
    subject.until(3 * detection + 2 * interval);
    expect(subject.holding).to.equal("owned");
  });

  it("leaves nothing to one that is reluctant while it is not so itself", () => {
    const subject = new Subject();
    subject.take({ kind: "wanted", wanted: manyAddresses(20), ready: true });
    subject.until(detection, () => void subject.hear("c", { reluctant: true }));
    expect(subject.state.holdings.size).to.equal(20);
  });

  it("shares addresses that are to be apart with one that is reluctant", () => {
    const subject = new Subject();
    const groups = ["web"];
    const pair = [ADDRESS, "192.0.2.51"].map(
      (address) => [address, { nodes: NODES, needsSubnet: true, groups }] as const,
    );
    subject.take({ kind: "wanted", wanted: new Map(pair), ready: true });
    subject.until(detection, () => void subject.hear("c", { reluctant: true }));
    expect(subject.state.holdings.size).to.equal(1);
  });

  it("is reluctant until it has been ready for two seconds, and tells so at once", () => {
    const subject = new Subject();
    subject.state = begin("a", DEFAULT_TIMING, LINK, 0, 1n);
    const nothing = new Map<string, Candidates>();
    subject.take({ kind: "wanted", wanted: nothing, ready: false });
    expect(subject.until(5_000)).to.deep.equal([]);
    subject.take({ kind: "wanted", wanted: nothing, ready: true });
    expect(subject.until(6_999)).to.deep.equal([]);
    expect(subject.state.reluctance).to.equal("WarmingUp");
    expect(subject.until(7_000)).to.deep.equal(["reluctance", "sendTable"]);
    expect(subject.state.reluctance).to.equal(undefined);
  });

  it("is held down when its link came back three times within a minute, for a minute", () => {
    const subject = owner();
    for (let i = 0; i < 3; i++) {
      subject.until(subject.now + 5_000);
      subject.take({ kind: "link", link: { ...LINK, up: false } });
      subject.take({ kind: "link", link: LINK });
    }
    expect(subject.state.reluctance).to.equal("HoldDown");
    const end = subject.now + 60_000;
    subject.until(end - 1);
    expect(subject.holding, "as there is nobody else").to.equal("owned");
    expect(subject.state.reluctance).to.equal("HoldDown");
    subject.until(end);
    expect(subject.state.reluctance).to.equal(undefined);
  });

  it("takes in turn what another speaker ought to have taken but has left lying", () => {
    const subject = new Subject();
    subject.take({ kind: "wanted", wanted: manyAddresses(20), ready: true });
    const idle = () => void subject.hear("c");
    subject.until(2 * detection, idle);
    expect(subject.state.holdings.size).to.be.within(5, 15);
    subject.until(3 * detection + 2 * interval, idle);
    expect(subject.state.holdings.size).to.equal(20);
  });

  it("claims nothing while the table of a live speaker is not known, but not for ever", () => {
    const subject = new Subject();
    subject.take(WANTED);
    const secretive = () => void subject.hear("c", { tableVersion: 4, prefixes: [], highestEpoch: 7 });
    subject.until(2 * detection, secretive);
    expect(subject.holding).to.equal(undefined);
    subject.until(3 * detection + 2 * interval, secretive);
    expect(subject.state.holdings.get(ADDRESS)?.epoch, "out of ignorance, so below any real owner's").to.equal(1);
  });

  it("answers until its successor does when it leaves", () => {
    const subject = owner();
    subject.hear("b");
    expect(subject.take({ kind: "leave" })).to.include("sendTable");
    expect(subject.hold("b", "claimed", 2)).not.to.include("release Leaving");
    expect(subject.holding).to.equal("yielding");
    expect(subject.hold("b", "owned", 2)).to.include("release Leaving");
  });

  it("hands over what it is no candidate for any more, but not for ever", () => {
    const subject = owner();
    subject.hear("b");
    const unfit = new Map([[ADDRESS, { nodes: new Set(["b"]), needsSubnet: true }]]);
    expect(subject.take({ kind: "wanted", wanted: unfit, ready: true })).to.deep.equal(["sendTable"]);
    expect(subject.holding).to.equal("yielding");
    const idle = () => void subject.hear("b");
    expect(subject.until(subject.now + 2 * detection - 1, idle)).to.deep.equal([]);
    expect(subject.until(subject.now + 1, idle)).to.include("release NotCandidate");
  });

  it("stays the owner when it becomes a candidate again before anybody else has claimed", () => {
    const subject = owner();
    subject.hear("b");
    subject.take({
      kind: "wanted",
      wanted: new Map([[ADDRESS, { nodes: new Set(["b"]), needsSubnet: true }]]),
      ready: true,
    });
    expect(subject.take(WANTED)).to.deep.equal(["sendTable"]);
    expect(subject.holding).to.equal("owned");
  });

  it("leaves what an owner wants to be rid of to others than that owner", () => {
    const subject = new Subject();
    subject.take({ kind: "wanted", wanted: manyAddresses(20), ready: true });
    const entries = [...manyAddresses(20).keys()].map((address) => ({
      ...entryOf(address),
      state: "yielding" as const,
    }));
    const table = { part: 0, parts: 1, entries };
    subject.until(detection + interval, () => void subject.hear("b", { tableVersion: 1, table }));
    expect(subject.state.holdings.size).to.equal(20);
    expect([...subject.state.holdings.values()].map(({ cause }) => cause)).to.include("OwnerReleased");
  });

  it("takes over without a new epoch when it hears less than half of the speakers that it knows", () => {
    const subject = new Subject();
    subject.take(WANTED);
    subject.until(2 * detection, () => {
      subject.hold("b", "owned", 3);
      subject.hear("c");
    });
    subject.until(3 * detection + 2 * interval);
    expect(subject.state.holdings.get(ADDRESS)).to.include({ epoch: 3, standing: "lonely", state: "owned" });
    expect(subject.hold("b", "owned", 3), "b was there all along").to.include("release RivalWins");
  });

  it("takes over with a new epoch once those that are silent are no candidates any more", () => {
    const subject = new Subject();
    subject.take(WANTED);
    subject.until(2 * detection, () => {
      subject.hold("b", "owned", 3);
      subject.hear("c");
    });
    const alone = new Map([[ADDRESS, { nodes: new Set(["a"]), needsSubnet: true }]]);
    subject.take({ kind: "wanted", wanted: alone, ready: true });
    subject.until(3 * detection + 2 * interval);
    expect(subject.state.holdings.get(ADDRESS)).to.include({ epoch: 4, standing: "firm" });
  });

  it("stands back after a stop behind any take-over, and firm again when there was none", () => {
    const subject = owner();
    subject.hear("b");
    subject.now += detection;
    expect(subject.take({ kind: "tick" })).to.deep.equal(["slept", "sendTable"]);
    expect(holdingOf(subject).standing).to.equal("slept");
    const other: OwnershipState = subject.state;
    expect(subject.hold("b", "owned", 1, {}, "lonely")).to.include("release RivalWins");
    subject.state = other;
    subject.until(subject.now + detection, () => void subject.hear("b"));
    expect(holdingOf(subject).standing).to.equal("firm");
  });

  it("answers a wish for tables once in half an interval", () => {
    const subject = owner();
    subject.now += interval;
    subject.hear("b");
    subject.now += interval;
    expect(subject.hear("b", { wantsTables: true })).to.deep.equal(["sendTable"]);
    expect(subject.hear("b", { wantsTables: true })).to.deep.equal([]);
    subject.now += interval / 2;
    expect(subject.hear("b", { wantsTables: true })).to.deep.equal(["sendTable"]);
  });

  it("sends its table to a speaker that comes, or comes anew", () => {
    const subject = owner();
    subject.now += interval;
    expect(subject.hear("b")).to.deep.equal(["peerUp", "sendTable"]);
    expect(subject.hear("b")).to.deep.equal([]);
    expect(subject.hear("b", { incarnation: 2n })).to.deep.equal(["sendTable"]);
  });

  it("takes no notice of a speaker until it has proved to live now", () => {
    const subject = new Subject();
    subject.take(WANTED);
    const recorded = () => subject.hold("b", "owned", 7, { highestEpoch: 9, echoes: [] });
    subject.until(detection, recorded);
    expect(recorded()).to.deep.equal(["ignored"]);
    expect(subject.until(2 * detection, recorded)).to.include("own NoOwner");
    expect(subject.state.highestEpoch).to.equal(1);
    expect(subject.hold("b", "owned", 7)).to.include("release RivalWins");
  });

  it("takes a speaker for dead though its heartbeats are repeated", () => {
    const subject = new Subject();
    subject.take(WANTED);
    const last: Partial<Heartbeat> = { sequence: 1_000 };
    subject.until(2 * detection, () => void subject.hold("b", "owned", 3));
    subject.hold("b", "owned", 3, last);
    expect(subject.until(3 * detection + 2 * interval, () => void subject.hold("b", "owned", 3, last))).to.deep.equal([
      "peerDown",
      "sendTable",
      "own OwnerSilent",
      "sendTable",
    ]);
  });

  it("does not look at the addresses while nothing changes", () => {
    const subject = owner();
    subject.hear("b");
    const { wanted } = subject.state;
    subject.state = { ...subject.state, wanted: unreadable(wanted) };
    subject.until(subject.now + 20 * interval, () => void subject.hear("b"));
    expect(subject.holding).to.equal("owned");
  });
});

function holdingOf(subject: Subject) {
  const holding = subject.state.holdings.get(ADDRESS);
  if (holding === undefined) throw new Error("nothing held");
  return holding;
}

function manyAddresses(count: number): Map<string, Candidates> {
  return new Map(
    Array.from({ length: count }, (_, i) => [`192.0.2.${50 + i}`, { nodes: NODES, needsSubnet: true }] as const),
  );
}

function entryOf(address: string) {
  return { address, epoch: 1, state: "owned" as const, standing: "firm" as const };
}

function unreadable<K, V>(map: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  const fail = () => {
    throw new Error("looked at the addresses");
  };
  return new Proxy(map, { get: fail });
}
