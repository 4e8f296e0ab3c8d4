import { expect } from "chai";
import fc from "fast-check";
import { CLIENT_SLOTS } from "../../src/client-hash.ts";
import { sharesOf } from "../../src/ownership/shares.ts";
import type { OwnershipState } from "../../src/ownership/state.ts";
import { DEFAULT_TIMING } from "../../src/ownership/timing.ts";
import { aHeartbeat, LINK, nodesNamed } from "../builders.ts";
import { ADDRESS, Subject } from "./subject.ts";

const { interval, detection } = DEFAULT_TIMING;
const NAMES = ["a", "b", "c", "d", "e"];
const SHARED = new Map([[ADDRESS, { nodes: nodesNamed(...NAMES), isShared: true }]]);

/** What one of these nodes answers when it hears all the others. */
function partOf(name: string, live: readonly string[]): ReadonlySet<number> {
  const subject = new Subject();
  const peers = new Map(
    live
      .filter((other) => other !== name)
      .map((node) => {
        const {
          incarnation,
          sequence,
          leaving,
          listening,
          reluctant,
          heldDown,
          tableVersion,
          detection: silence,
        } = aHeartbeat();
        const known = {
          node,
          incarnation,
          sequence,
          heardAt: 0,
          leaving,
          listening,
          reluctant,
          heldDown,
          tableVersion,
        };
        const table = { version: 0, entries: new Map() };
        return [node, { ...known, detection: silence, end: LINK, table, parts: new Map(), unknownSince: undefined }];
      }),
  );
  const state: OwnershipState = { ...subject.state, node: name, peers, shared: SHARED, listenUntil: 0 };
  return sharesOf(state, 1_000).get(ADDRESS) ?? new Set();
}

describe("shares of an address", () => {
  const groups = fc.subarray(NAMES, { minLength: 1 });

  it("cover all clients, each once, whoever is there", () => {
    fc.assert(
      fc.property(groups, (live) => {
        const slots = live.flatMap((name) => [...partOf(name, live)]);
        expect(slots.sort((x, y) => x - y)).to.deep.equal(Array.from({ length: CLIENT_SLOTS }, (_, slot) => slot));
      }),
    );
  });

  it("move from a node that is lost, or to one that comes, and between no others", () => {
    fc.assert(
      fc.property(groups, fc.constantFrom(...NAMES), (live, lost) => {
        const left = live.filter((name) => name !== lost);
        for (const name of left) {
          const [before, after] = [partOf(name, [...left, lost]), partOf(name, left)];
          for (const slot of before) expect(after.has(slot), `${name} keeps ${slot}`).to.equal(true);
        }
      }),
    );
  });

  it("are answered once the node has listened, and never claimed", () => {
    const subject = new Subject();
    subject.take({ kind: "wanted", wanted: SHARED, ready: true });
    expect(subject.until(detection - 1)).to.deep.equal([]);
    expect(subject.until(detection)).to.deep.equal(["share"]);
    expect(subject.state.shares.get(ADDRESS)?.size).to.equal(CLIENT_SLOTS);
    expect(subject.state.holdings.size).to.equal(0);
  });

  it("are left to others by one that leaves, without carrier, and while it is a stranger to the address", () => {
    for (const event of [
      { kind: "leave" },
      { kind: "link", link: { ...LINK, up: false } },
      { kind: "wanted", wanted: new Map([[ADDRESS, { nodes: nodesNamed("b"), isShared: true }]]), ready: true },
      { kind: "wanted", wanted: new Map(), ready: true },
    ] as const) {
      const subject = new Subject();
      subject.take({ kind: "wanted", wanted: SHARED, ready: true });
      subject.until(detection);
      expect(subject.take(event), event.kind).to.include("share");
      expect(subject.state.shares.size).to.equal(0);
    }
  });

  it("grow at once when another speaker has been silent for the detection time", () => {
    const subject = new Subject();
    subject.take({ kind: "wanted", wanted: SHARED, ready: true });
    subject.until(detection + interval, () => void subject.hear("b"));
    const before = subject.state.shares.get(ADDRESS)?.size ?? 0;
    expect(before).to.be.within(1, CLIENT_SLOTS - 1);
    expect(subject.until(2 * detection + interval)).to.include("share");
    expect(subject.state.shares.get(ADDRESS)?.size).to.equal(CLIENT_SLOTS);
  });

  it("leave out those that were lost too often while there are others, and those that only listen", () => {
    for (const fields of [{ heldDown: true }, { listening: true }, { leaving: true }]) {
      const subject = new Subject();
      subject.take({ kind: "wanted", wanted: SHARED, ready: true });
      subject.until(detection + interval, () => void subject.hear("b", fields));
      expect(subject.state.shares.get(ADDRESS)?.size, JSON.stringify(fields)).to.equal(CLIENT_SLOTS);
    }
  });
});
