import { expect } from "chai";
import fc from "fast-check";
import { isNothing, TablesReceiver, TablesSender } from "../../src/plan/tables.ts";

/** Tables like those of a plan: many entries in one, few in another. */
interface Shop {
  readonly prices: ReadonlyMap<string, { readonly of: readonly string[]; readonly cents: bigint }>;
  readonly hours: ReadonlyMap<string, string>;
}

function shop(prices: Readonly<Record<string, number>>, hours: Readonly<Record<string, string>> = {}): Shop {
  const entries = Object.entries(prices).map(([name, cents]) => [name, { of: [name], cents: BigInt(cents) }] as const);
  return { prices: new Map(entries), hours: new Map(Object.entries(hours)) };
}

/** Sends as from thread to thread. */
function pair() {
  const [sender, receiver] = [new TablesSender<Shop>(), new TablesReceiver<Shop>()];
  return (next: Shop) => receiver.take(structuredClone(sender.advance(next)));
}

describe("tables in deltas", () => {
  it("are all there the first time, be they empty", () => expect(pair()(shop({}))).to.deep.equal(shop({})));

  it("say nothing when nothing changed", () => {
    const sender = new TablesSender<Shop>();
    expect(isNothing(sender.advance(shop({ tea: 3 })))).to.equal(false);
    expect(isNothing(sender.advance(shop({ tea: 3 })))).to.equal(true);
  });

  it("say only what changed, of each table", () => {
    const sender = new TablesSender<Shop>();
    sender.advance(shop({ tea: 3, cake: 4, pie: 5 }, { monday: "8-18" }));
    expect(sender.advance(shop({ tea: 3, cake: 7 }, { monday: "9-18" }))).to.deep.equal({
      prices: { put: shop({ cake: 7 }).prices, gone: ["pie"] },
      hours: { put: new Map([["monday", "9-18"]]), gone: [] },
    });
  });

  it("keep the tables and entries that did not change", () => {
    const follow = pair();
    const before = follow(shop({ tea: 3 }, { monday: "8-18" }));
    const after = follow(shop({ tea: 3, cake: 4 }, { monday: "8-18" }));
    expect(after.hours).to.equal(before.hours);
    expect(after.prices.get("tea")).to.equal(before.prices.get("tea"));
    expect(before.prices.size).to.equal(1);
  });

  it("come out as they went in, whatever the history", () => {
    const table = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), fc.integer({ min: 0, max: 3 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(table, table), { maxLength: 8 }), (history) => {
        const follow = pair();
        for (const [prices, hours] of history) {
          const next = shop(prices, Object.fromEntries(Object.entries(hours).map(([day, hour]) => [day, `${hour}`])));
          expect(follow(next)).to.deep.equal(next);
        }
      }),
    );
  });
});
