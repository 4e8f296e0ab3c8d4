import { ANY_LINK, type LinkSelector, parseAddress, parsePrefix, parseRange } from "@fairlead/net";
import { expect } from "chai";
import fc from "fast-check";
import { isCandidate } from "../../src/ownership/candidates.ts";
import { eligibleFor, eligibleNodes, NOBODY_ELIGIBLE } from "../../src/ownership/eligible.ts";
import { hear } from "../../src/ownership/peers.ts";
import type { Candidates, OwnershipState } from "../../src/ownership/state.ts";
import { aHeartbeat, LINK, nodesNamed } from "../builders.ts";

const ADDRESSES = ["192.0.2.50", "192.0.2.51", "198.51.100.50", "2001:db8::50"];
const ENDS = [["192.0.2.1/24"], ["198.51.100.1/24", "2001:db8::1/64"], []].map((texts) => texts.map(parsePrefix));
const SELECTORS: readonly LinkSelector[] = [
  ANY_LINK,
  { ...ANY_LINK, exclude: ["eth0"] },
  { ...ANY_LINK, interfaces: ["eth*"] },
  { ...ANY_LINK, interfaces: ["eth1"] },
  { ...ANY_LINK, subnets: [parseRange("198.51.100.0/24")] },
];

const state = (wanted: ReadonlyMap<string, Candidates>, ends: readonly (typeof ENDS)[number][] = []) => ({
  node: "a",
  link: LINK,
  wanted,
  peers: new Map(
    ends.map((prefixes, i) => [`p${i}`, hear(undefined, aHeartbeat({ node: `p${i}`, prefixes }), 600, 0)] as const),
  ),
});

describe("eligibleNodes", () => {
  const selectors = fc.array(fc.array(fc.constantFrom(...SELECTORS), { minLength: 1, maxLength: 2 }), { maxLength: 2 });
  const nodes = fc.uniqueArray(fc.tuple(fc.constantFrom("a", "p0", "p1", "p2"), selectors), {
    selector: ([name]) => name,
  });
  /** A few, each for several addresses, as they are shared. */
  const candidates = fc.array(nodes, { minLength: 1, maxLength: 3 });

  it("has of each address exactly the live nodes that are candidates for it", () => {
    const every = fc.property(
      candidates,
      fc.array(fc.constantFrom(...ENDS), { maxLength: 3 }),
      fc.array(fc.nat(2), { minLength: ADDRESSES.length, maxLength: ADDRESSES.length }),
      (sets, ends, choice) => {
        const maps = sets.map((set) => new Map(set.map(([name, links]) => [name, { links, weight: 0 }])));
        const wanted = new Map(
          ADDRESSES.map((address, i) => [address, { nodes: maps[(choice[i] ?? 0) % maps.length] ?? new Map() }]),
        );
        const subject = state(wanted, ends);
        const eligible = eligibleNodes(NOBODY_ELIGIBLE, subject);
        for (const [address, one] of wanted) {
          const all = [["a", LINK] as const, ...Array.from(subject.peers, ([name, { end }]) => [name, end] as const)];
          const expected = all.filter(([name, end]) => isCandidate(parseAddress(address), one, name, end));
          expect(eligibleFor(eligible, address)).to.deep.equal(expected.map(([name]) => name));
        }
      },
    );
    fc.assert(every);
  });

  it("has one list for addresses with the same nodes, and nobody for what is not wanted", () => {
    const wanted = new Map(ADDRESSES.slice(0, 2).map((address) => [address, { nodes: nodesNamed("a", "p0") }]));
    const eligible = eligibleNodes(NOBODY_ELIGIBLE, state(wanted, [[parsePrefix("192.0.2.2/24")]]));
    expect(eligibleFor(eligible, "192.0.2.50")).to.deep.equal(["a", "p0"]);
    expect(eligibleFor(eligible, "192.0.2.50")).to.equal(eligibleFor(eligible, "192.0.2.51"));
    expect(eligibleFor(eligible, "192.0.2.99")).to.deep.equal([]);
  });

  const wanted = new Map([["192.0.2.50", { nodes: nodesNamed("a", "p0") }]]);
  const before = state(wanted, ENDS.slice(0, 1));
  const changes: Record<string, Partial<Pick<OwnershipState, "link" | "wanted" | "peers">>> = {
    "what is wanted": { wanted: new Map(wanted) },
    "this node's end": { link: { ...LINK } },
    "another node's end": { peers: state(wanted, ENDS.slice(1, 2)).peers },
    "who is there": { peers: new Map() },
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`is made anew when ${what} changes, and stays the same object otherwise`, () => {
      const eligible = eligibleNodes(NOBODY_ELIGIBLE, before);
      expect(eligibleNodes(eligible, { ...before })).to.equal(eligible);
      expect(eligibleNodes(eligible, { ...before, ...change })).not.to.equal(eligible);
    });
  }
});
