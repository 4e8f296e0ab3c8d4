import { ANY_LINK, formatPrefix, parseAddress, parsePrefix } from "@fairlead/net";
import { expect } from "chai";
import { heaviest, isCandidate, subnetsOf } from "../../src/ownership/candidates.ts";
import type { Candidates } from "../../src/ownership/state.ts";
import { MOST_PREFIXES } from "../../src/packet/heartbeat.ts";

const NAMED = { ...ANY_LINK, interfaces: ["eth*"] };

describe("isCandidate", () => {
  const rows = [
    { name: "a node whose link the selector allows", links: [[ANY_LINK]], is: true },
    { name: "a node that is not named", node: "b", links: [[ANY_LINK]], is: false },
    { name: "a node whose link it does not", links: [[ANY_LINK]], subnet: "192.0.3.0/24", is: false },
    {
      name: "a node whose link one of the selectors allows",
      links: [[ANY_LINK, NAMED]],
      subnet: "192.0.3.0/24",
      is: true,
    },
    {
      name: "a node whose link not every list allows",
      links: [[NAMED], [ANY_LINK]],
      subnet: "192.0.3.0/24",
      is: false,
    },
    { name: "a node whose link has another name", links: [[NAMED]], link: "lan0", is: false },
  ];
  for (const { name, node = "a", links, link = "eth0", subnet = "192.0.2.0/24", is } of rows) {
    it(`says ${is ? "yes" : "no"} to ${name}`, () => {
      const candidates = { nodes: new Map([["a", { links, weight: 0 }]]) };
      const end = { name: link, prefixes: [parsePrefix(subnet)] };
      expect(isCandidate(parseAddress("192.0.2.50"), candidates, node, end)).to.equal(is);
    });
  }
});

describe("heaviest", () => {
  const candidates: Candidates = {
    nodes: new Map(Object.entries({ a: 0, b: 5, c: 5 }).map(([name, weight]) => [name, { links: [], weight }])),
  };
  const rows = [
    { name: "those with the greatest weight", nodes: ["a", "b", "c"], heaviest: ["b", "c"] },
    { name: "the next best when they are not there", nodes: ["a"], heaviest: ["a"] },
    { name: "nobody of nobody", nodes: [], heaviest: [] },
  ];
  for (const { name, nodes, heaviest: expected } of rows) {
    it(`is ${name}`, () => expect(heaviest(candidates, nodes)).to.deep.equal(expected));
  }
});

describe("subnetsOf", () => {
  const subnets = (...texts: string[]) => subnetsOf(texts.map(parsePrefix)).map(formatPrefix);

  it("names each subnet once, by the first address in it", () =>
    expect(subnets("192.0.2.7/24", "2001:db8::7/64", "192.0.2.8/24")).to.deep.equal([
      "192.0.2.7/24",
      "2001:db8::7/64",
    ]));

  it("puts single addresses last, and has no more than a heartbeat carries", () => {
    const singles = Array.from({ length: 30 }, (_, i) => `198.51.100.${i}/32`);
    const all = subnets(...singles, "192.0.2.7/24");
    expect(all[0]).to.equal("192.0.2.7/24");
    expect(all).to.have.length(MOST_PREFIXES);
  });
});
