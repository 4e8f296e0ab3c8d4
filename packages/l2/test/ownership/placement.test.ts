import { expect } from "chai";
import fc from "fast-check";
import { type PlacementInput, place, rank } from "../../src/ownership/placement.ts";

const NODES = ["a", "b", "c", "d", "e"];

/** Some nodes with some load, and orphans that any of them may take. */
const inputs: fc.Arbitrary<PlacementInput> = fc
  .record({
    nodes: fc.subarray(NODES, { minLength: 1 }),
    orphans: fc.uniqueArray(fc.nat(200), { maxLength: 60 }),
    held: fc.nat(40),
  })
  .map(({ nodes, orphans, held }) => ({
    orphans: new Map(orphans.map((host) => [`192.0.2.${host}`, nodes])),
    load: new Map(nodes.map((node, i) => [node, Math.floor((held + i) / nodes.length)])),
    addresses: orphans.length + held,
  }));

function loads({ load }: PlacementInput, placed: ReadonlyMap<string, string>): Map<string, number> {
  const after = new Map(load);
  for (const node of placed.values()) after.set(node, (after.get(node) ?? 0) + 1);
  return after;
}

describe("place", () => {
  it("places every orphan, and gives no node more than its share and one", () =>
    fc.assert(
      fc.property(inputs, (input) => {
        const placed = place(input);
        expect([...placed.keys()].sort()).to.deep.equal([...input.orphans.keys()].sort());
        const most = Math.ceil(input.addresses / input.load.size) + 1;
        expect(Math.max(...loads(input, placed).values())).to.be.at.most(most);
      }),
    ));

  it("comes to the same result whatever the order of its input", () =>
    fc.assert(
      fc.property(inputs, (input) => {
        const orphans = new Map([...input.orphans].reverse().map(([address, nodes]) => [address, nodes.toReversed()]));
        const load = new Map([...input.load].reverse());
        expect(place({ ...input, orphans, load })).to.deep.equal(place(input));
      }),
    ));

  it("comes to the same result after a node has taken its part", () =>
    fc.assert(
      fc.property(inputs, fc.constantFrom(...NODES), (input, taker) => {
        const placed = place(input);
        const rest = new Map([...input.orphans].filter(([address]) => placed.get(address) !== taker));
        const load = new Map(input.load);
        if (load.has(taker)) load.set(taker, loads(input, placed).get(taker) ?? 0);
        const expected = new Map([...placed].filter(([, node]) => node !== taker));
        expect(place({ ...input, orphans: rest, load })).to.deep.equal(expected);
      }),
    ));

  it("leaves an orphan alone that nobody may take", () =>
    expect(place({ orphans: new Map([["192.0.2.50", []]]), load: new Map([["a", 0]]), addresses: 1 }).size).to.equal(
      0,
    ));

  it("places on live nodes only", () => {
    const orphans = new Map([["192.0.2.50", ["a", "b"]]]);
    expect(place({ orphans, load: new Map([["b", 0]]), addresses: 1 })).to.deep.equal(new Map([["192.0.2.50", "b"]]));
  });

  it("spreads evenly over the few that may, when they all have their share", () => {
    const orphans = new Map(Array.from({ length: 30 }, (_, i) => [`192.0.2.${i}`, ["a", "b"]]));
    const input = { orphans, load: new Map(NODES.map((node) => [node, 0])), addresses: 30 };
    expect([...loads(input, place(input)).values()]).to.deep.equal([15, 15, 0, 0, 0]);
  });
});

describe("rank", () => {
  it("keeps the order of the others when a node goes", () =>
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom(...NODES), (address, gone) => {
        const others = NODES.filter((node) => node !== gone);
        expect(rank(address, others)).to.deep.equal(rank(address, NODES).filter((node) => node !== gone));
      }),
    ));

  it("ranks each node first for about its share of the addresses, alike as the names may be", () => {
    const nodes = ["worker-1", "worker-2", "worker-3", "worker-4"];
    const first = Array.from({ length: 1_000 }, (_, i) => rank(`10.0.${i >> 8}.${i & 255}`, nodes)[0]);
    for (const node of nodes) expect(first.filter((name) => name === node).length).to.be.within(180, 320);
  });
});
