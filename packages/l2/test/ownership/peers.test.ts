import { parsePrefix } from "@fairlead/net";
import { expect } from "chai";
import { hear, hearLate } from "../../src/ownership/peers.ts";
import type { Peer } from "../../src/ownership/state.ts";
import type { Heartbeat } from "../../src/packet/heartbeat.ts";
import type { TableEntry } from "../../src/packet/table-part.ts";
import { aHeartbeat, LINK } from "../builders.ts";

const HEARTBEAT = aHeartbeat({ incarnation: 5n });
const entry = (host: number): TableEntry => ({
  address: `192.0.2.${host}`,
  epoch: 1,
  state: "owned",
  standing: "firm",
});
const part = (index: number, parts: number, ...hosts: number[]) => ({ part: index, parts, entries: hosts.map(entry) });

/** The peer after these heartbeats at 10, 20, 30, ... */
function after(...heartbeats: Partial<Heartbeat>[]): Peer | undefined {
  let peer: Peer | undefined;
  for (const [i, heartbeat] of heartbeats.entries()) {
    peer = hear(peer, { ...HEARTBEAT, sequence: i + 1, ...heartbeat }, 600, 10 * (i + 1));
  }
  return peer;
}

const held = (peer: Peer | undefined) => [...(peer?.table.entries.keys() ?? [])];

describe("hear", () => {
  it("knows the table of a node that holds nothing", () => expect(after({})?.unknownSince).to.equal(undefined));

  it("does not know a table that it has not heard, since it heard of it", () =>
    expect(after({ tableVersion: 2 }, { tableVersion: 2 })?.unknownSince).to.equal(10));

  it("knows a table once all its parts are there, in any order", () => {
    const peer = after({ tableVersion: 1, table: part(1, 2, 51) }, { tableVersion: 1, table: part(0, 2, 50) });
    expect(peer?.unknownSince).to.equal(undefined);
    expect(held(peer)).to.have.members(["192.0.2.50", "192.0.2.51"]);
  });

  it("keeps the last whole table until the newer one is whole", () => {
    const peer = after({ tableVersion: 1, table: part(0, 1, 50) }, { tableVersion: 2, table: part(0, 2, 51) });
    expect(held(peer)).to.deep.equal(["192.0.2.50"]);
    expect(peer?.unknownSince).to.equal(20);
  });

  it("does not mix parts of two versions", () => {
    const peer = after({ tableVersion: 1, table: part(0, 2, 50) }, { tableVersion: 2, table: part(1, 2, 51) });
    expect(peer?.unknownSince).to.equal(10);
    expect(held(peer)).to.deep.equal([]);
  });

  it("takes an empty table for a table", () =>
    expect(after({ tableVersion: 1, table: part(0, 1, 50) }, { tableVersion: 2, table: part(0, 1) })).to.deep.include({
      table: { version: 2, entries: new Map() },
      unknownSince: undefined,
    }));

  it("takes no late heartbeat, unless it has what is missing", () => {
    const peer = after({}, {});
    for (const late of [{ sequence: 2 }, { leaving: true }, { table: part(0, 1, 50) }]) {
      expect(peer && hearLate(peer, { ...HEARTBEAT, ...late })).to.equal(undefined);
    }
  });

  it("takes a late part of the table that it lacks, but not as a sign of life", () => {
    const peer = after({ tableVersion: 1 }, { tableVersion: 1 });
    const late = peer && hearLate(peer, { ...HEARTBEAT, sequence: 1, tableVersion: 1, table: part(0, 1, 50) });
    expect(held(late)).to.deep.equal(["192.0.2.50"]);
    expect(late).to.include({ heardAt: 20, sequence: 2, unknownSince: undefined });
  });

  it("does not take a late part of an older table", () => {
    const peer = after({ tableVersion: 1 }, { tableVersion: 2 });
    const late = { ...HEARTBEAT, sequence: 1, tableVersion: 1, table: part(0, 1, 50) };
    expect(peer && hearLate(peer, late)).to.equal(undefined);
    expect(peer && hearLate(peer, { ...late, incarnation: 4n, tableVersion: 2 })).to.equal(undefined);
  });

  it("forgets the table of a speaker that has started anew", () => {
    const peer = after({ tableVersion: 1, table: part(0, 1, 50) }, { incarnation: 6n, sequence: 1 });
    expect(held(peer)).to.deep.equal([]);
    expect(peer?.incarnation).to.equal(6n);
  });

  it("keeps the table and the end of the link as they are while they do not change", () => {
    const first = after({ tableVersion: 1, table: part(0, 1, 50) });
    const again = { ...HEARTBEAT, sequence: 2, tableVersion: 1, table: part(0, 1, 50) };
    const second = hear(first, { ...again, prefixes: [parsePrefix("192.0.2.1/24")] }, 600, 20);
    expect(second?.table).to.equal(first?.table);
    expect(second?.end).to.equal(first?.end);
  });

  it("takes note of other prefixes, and of another name of the link", () => {
    const prefixes = [parsePrefix("192.0.2.0/25")];
    expect(after({}, { prefixes })?.end).to.deep.equal({ name: "eth0", mac: LINK.mac, prefixes });
    expect(after({}, { link: "lan0" })?.end.name).to.equal("lan0");
  });
});
