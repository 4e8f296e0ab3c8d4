import { expect } from "chai";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import { nodesNamed } from "../builders.ts";
import { ADDRESS, manyAddresses, owner, Subject, WANTED } from "./subject.ts";

const { interval, detection, probe } = DEFAULT_TIMING;

describe("step", () => {
  it("listens for the detection time, claims what has no owner, and owns it when nobody objected", () => {
    const subject = new Subject();
    subject.take(WANTED);
    expect(subject.until(detection - 1)).to.deep.equal([]);
    subject.now = detection;
    expect(subject.take({ kind: "tick" })).to.deep.equal(["probe", "sendTable"]);
    expect(subject.holding).to.equal("claimed");
    expect(subject.until(detection + probe - 1)).to.deep.equal([]);
    subject.now = detection + probe;
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
      "ask",
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
    const alone = new Map([[ADDRESS, { nodes: nodesNamed("a") }]]);
    subject.take({ kind: "wanted", wanted: alone, ready: true });
    subject.until(3 * detection + 2 * interval);
    expect(subject.state.holdings.get(ADDRESS)).to.include({ epoch: 4, standing: "firm" });
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

function unreadable<K, V>(map: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  const fail = () => {
    throw new Error("looked at the addresses");
  };
  return new Proxy(map, { get: fail });
}
