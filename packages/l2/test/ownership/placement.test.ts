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

/** The same, with addresses that are to be apart: some of them held already. */
const groupedInputs: fc.Arbitrary<PlacementInput> = fc
  .tuple(inputs, fc.array(fc.subarray(["red", "blue"]), { minLength: 8, maxLength: 8 }), fc.array(fc.nat(4)))
  .map(([input, colours, held]) => {
    const addresses = [...input.orphans.keys()].sort();
    const nodes = [...input.load.keys()];
    return {
      ...input,
      groups: new Map(addresses.map((address, i) => [address, colours[i] ?? []])),
      holders: new Map([["red", held.flatMap((i) => nodes[i] ?? [])]]),
    };
  });

/** How many addresses of each group each node has in the end: "red a" → 2. */
function crowds({ groups, holders }: PlacementInput, placed: ReadonlyMap<string, string>): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (group: string, node: string) =>
    counts.set(`${group} ${node}`, 1 + (counts.get(`${group} ${node}`) ?? 0));
  for (const [group, nodes] of holders ?? []) for (const node of nodes) add(group, node);
  for (const [address, node] of placed) for (const group of groups?.get(address) ?? []) add(group, node);
  return counts;
}

/** What is left to place after a node has taken its part. */
function afterTaking(input: PlacementInput, placed: ReadonlyMap<string, string>, taker: string): PlacementInput {
  const taken = new Map([...placed].filter(([, node]) => node === taker));
  const load = new Map(input.load);
  if (load.has(taker)) load.set(taker, loads(input, placed).get(taker) ?? 0);
  const holders = new Map(input.holders);
  for (const address of taken.keys()) {
    for (const group of input.groups?.get(address) ?? []) holders.set(group, [...(holders.get(group) ?? []), taker]);
  }
  const orphans = new Map([...input.orphans].filter(([address]) => !taken.has(address)));
  return { ...input, orphans, load, holders };
}

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
      fc.property(groupedInputs, (input) => {
        const orphans = new Map([...input.orphans].reverse().map(([address, nodes]) => [address, nodes.toReversed()]));
        const load = new Map([...input.load].reverse());
        expect(place({ ...input, orphans, load })).to.deep.equal(place(input));
      }),
    ));

  it("comes to the same result after a node has taken its part", () =>
    fc.assert(
      fc.property(groupedInputs, fc.constantFrom(...NODES), (input, taker) => {
        const placed = place(input);
        const expected = new Map([...placed].filter(([, node]) => node !== taker));
        expect(place(afterTaking(input, placed, taker))).to.deep.equal(expected);
      }),
    ));

  it("gives no node two addresses of a group while another that may has none", () =>
    fc.assert(
      fc.property(groupedInputs, (input) => {
        const reds = new Map([...(input.groups ?? [])].map(([address, [first]]) => [address, first ? [first] : []]));
        const one = { ...input, groups: reds };
        const placed = place(one);
        const counts = crowds(one, placed);
        for (const [address, node] of placed) {
          for (const group of reds.get(address) ?? []) {
            if ((counts.get(`${group} ${node}`) ?? 0) < 2) continue;
            for (const other of input.load.keys()) expect(counts.get(`${group} ${other}`) ?? 0).to.be.at.least(1);
          }
        }
      }),
    ));

  const APART: readonly { name: string; held?: string[]; may: string[][]; nodes: string[] }[] = [
    {
      name: "puts two addresses of a group on two nodes",
      may: [
        ["a", "b"],
        ["a", "b"],
      ],
      nodes: ["a", "b"],
    },
    { name: "keeps away from the node that has one already", held: ["b"], may: [["a", "b"]], nodes: ["a"] },
    { name: "takes that node where there is no other", held: ["b"], may: [["b"]], nodes: ["b"] },
    {
      name: "takes the one with the fewest where all have some",
      held: ["a", "b", "b"],
      may: [["a", "b"]],
      nodes: ["a"],
    },
    { name: "leaves the only candidate of one to that one", may: [["a", "b"], ["a"]], nodes: ["b", "a"] },
    { name: "leaves it so the other way round too", may: [["b"], ["a", "b"]], nodes: ["b", "a"] },
    {
      name: "has them apart even where a node gets more than its share",
      held: ["a", "b"],
      may: [["a", "b", "c"]],
      nodes: ["c"],
    },
  ];
  for (const { name, held = [], may, nodes } of APART) {
    it(name, () => {
      const addresses = may.map((_, i) => `192.0.2.${i}`);
      const placed = place({
        orphans: new Map(addresses.map((address, i) => [address, may[i] ?? []])),
        load: new Map([...new Set(may.flat())].map((node) => [node, node === "c" ? 9 : 0])),
        addresses: 9,
        groups: new Map(addresses.map((address) => [address, ["web"]])),
        holders: new Map([["web", held]]),
      });
      expect(addresses.map((address) => placed.get(address))).to.deep.equal(nodes);
    });
  }

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
