import { parseAddress, parseRange } from "@fairlead/net";
import { SimulatedNft, type SimulatedTable } from "@fairlead/nftables/testing";
import { expect } from "chai";
import fc from "fast-check";
import { LoadedTable } from "../src/diff.ts";
import type { ForwardingTable } from "../src/table.ts";
import { aPort, aTable, here, tables, there } from "./builders.ts";

const A = here("10.244.1.10");
const B = there("10.244.2.10");
const KEY = "198.51.100.10 . tcp . 80";

describe("LoadedTable", () => {
  it("replaces the whole table, whatever there is", () => {
    const lines = new LoadedTable(aTable([aPort({ endpoints: [A] })])).script.split("\n");
    expect(lines.slice(0, 3)).to.deep.equal([
      "table inet fairlead",
      "delete table inet fairlead",
      "table inet fairlead {",
    ]);
    expect(lines).to.include(`add element inet fairlead services4 { ${KEY} : goto rr-1 }`);
  });

  it("is no table in mode none", () =>
    expect(new LoadedTable(aTable([aPort()], { mode: "none" })).script).to.equal(
      "table inet fairlead\ndelete table inet fairlead",
    ));

  it("loads only what an endpoint's removal changes", () => {
    const loaded = new LoadedTable(aTable([aPort({ endpoints: [A, B] }), aPort({ port: 81, endpoints: [B] })]));
    expect(loaded.advance(aTable([aPort({ endpoints: [B] }), aPort({ port: 81, endpoints: [B] })]))).to.equal(
      [
        `delete element inet fairlead services4 { ${KEY} }`,
        `delete element inet fairlead endpoints4 { ${KEY} . 0, ${KEY} . 1 }`,
        "delete element inet fairlead local-endpoints4 { 10.244.1.10 }",
        "delete element inet fairlead hairpins4 { 10.244.1.10 . 10.244.1.10 }",
        `add element inet fairlead services4 { ${KEY} : goto rr-1 }`,
        `add element inet fairlead endpoints4 { ${KEY} . 0 : 10.244.2.10 . 8080 }`,
      ].join("\n"),
    );
  });

  it("has balancers to spare, and needs a replacement when they do not do", () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => there("10.244.2.10", 8000 + index));
    const loaded = new LoadedTable(aTable([aPort({ endpoints: [B] })]));
    expect(loaded.advance(aTable([aPort({ endpoints: many(16) })]))).to.include(`services4 { ${KEY} : goto rr-16 }`);
    expect(loaded.advance(aTable([aPort({ endpoints: many(17) })]))).to.equal(undefined);
    const next = new LoadedTable(aTable([aPort({ endpoints: many(17) })]));
    expect(next.script).to.include("\tchain rr-32 {\n").and.to.not.include("chain rr-33 ");
    expect(next.advance(aTable([aPort({ affinity: "ClientIP", endpoints: many(17) })]))).to.equal(undefined);
  });

  const same: readonly { name: string; table: ForwardingTable }[] = [
    { name: "an equal table", table: aTable([aPort({ endpoints: [B, A] })]) },
    { name: "endpoints in another order", table: aTable([aPort({ endpoints: [A, B] })]) },
  ];
  for (const { name, table } of same) {
    it(`loads nothing for ${name}`, () =>
      expect(new LoadedTable(aTable([aPort({ endpoints: [B, A] })])).advance(table)).to.equal(""));
  }

  const replaced: readonly Partial<ForwardingTable>[] = [
    { mode: "nodePort" },
    { mode: "none" },
    { internal: [parseRange("10.245.0.0/16")] },
    { nodeAddresses: [parseAddress("192.168.50.12")] },
  ];
  for (const change of replaced) {
    it(`cannot advance over a change of ${JSON.stringify(Object.keys(change))} (${replaced.indexOf(change) + 1})`, () =>
      expect(new LoadedTable(aTable([])).advance(aTable([], change))).to.equal(undefined));
  }

  for (const mode of ["direct", "nodePort"] as const) {
    it(`ends by deltas where a full load ends (${mode})`, () =>
      fc.assert(
        fc.asyncProperty(fc.array(tables([mode]), { minLength: 2, maxLength: 4 }), async (sequence) => {
          const nft = new SimulatedNft();
          const [first = aTable([], { mode }), ...rest] = sequence;
          const loaded = new LoadedTable(first);
          await nft.load(loaded.script);
          for (const table of rest) {
            await nft.load(loaded.advance(table) ?? "must not need a replacement");
            const wanted = new SimulatedNft();
            await wanted.load(new LoadedTable(table).script);
            expect(held(nft).sets).to.deep.equal(held(wanted).sets);
            for (const [name, rules] of held(wanted).chains) expect(held(nft).chains.get(name)).to.deep.equal(rules);
          }
        }),
        { numRuns: 60 },
      ));
  }
});

function held(nft: SimulatedNft): SimulatedTable {
  const table = nft.table("inet fairlead");
  if (table === undefined) throw new Error("must hold the table");
  return table;
}
