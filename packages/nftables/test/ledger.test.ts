import { expect } from "chai";
import fc from "fast-check";
import type { Changes, Element, SetElements } from "../src/changes.ts";
import { ElementLedger } from "../src/ledger.ts";

const A: Element = { set: "s", key: "a" };
const TO_1: Element = { set: "m", key: "k", value: "1" };
const TO_2: Element = { set: "m", key: "k", value: "2" };

const elements: fc.Arbitrary<readonly Element[]> = fc.array(
  fc.record({ set: fc.constantFrom("s", "t"), key: fc.constantFrom("a", "b", "c"), value: fc.constant("v") }),
);

describe("ElementLedger", () => {
  it("adds an element for its first holder only", () => {
    const ledger = new ElementLedger();
    expect(plain(ledger.exchange([], [A]))).to.deep.equal({ s: { deleted: [], added: { a: undefined } } });
    expect(plain(ledger.exchange([], [A]))).to.deep.equal({});
  });

  it("deletes an element with its last holder only", () => {
    const ledger = new ElementLedger();
    ledger.exchange([], [A, A]);
    expect(plain(ledger.exchange([A], []))).to.deep.equal({});
    expect(plain(ledger.exchange([A], []))).to.deep.equal({ s: { deleted: ["a"], added: {} } });
  });

  it("deletes and adds an element whose value changes", () => {
    const ledger = new ElementLedger();
    ledger.exchange([], [TO_1]);
    expect(plain(ledger.exchange([TO_1], [TO_2]))).to.deep.equal({ m: { deleted: ["k"], added: { k: "2" } } });
  });

  it("changes nothing for an element that one owner hands to another", () => {
    const ledger = new ElementLedger();
    ledger.exchange([], [TO_1]);
    expect(plain(ledger.exchange([TO_1], [TO_1]))).to.deep.equal({});
  });

  it("refuses to release what is not held", () =>
    expect(() => new ElementLedger().exchange([A], [])).to.throw(RangeError, "must be held"));

  it("changes step by step what it says it holds", () =>
    fc.assert(
      fc.property(fc.array(elements), (owned) => {
        const ledger = new ElementLedger();
        let before: ReadonlyMap<string, SetElements> = new Map();
        let previous: readonly Element[] = [];
        for (const next of owned) {
          const changed = applied(before, ledger.exchange(previous, next));
          expect(changed).to.deep.equal(ledger.elements());
          expect([...changed.values()].reduce((sum, set) => sum + set.size, 0)).to.equal(
            new Set(next.map(({ set, key }) => `${set} ${key}`)).size,
          );
          before = changed;
          previous = next;
        }
      }),
    ));
});

function plain(changes: Changes): unknown {
  return Object.fromEntries(
    Array.from(changes, ([set, { deleted, added }]) => [set, { deleted, added: Object.fromEntries(added) }]),
  );
}

function applied(before: ReadonlyMap<string, SetElements>, changes: Changes): ReadonlyMap<string, SetElements> {
  const after = new Map(Array.from(before, ([set, held]) => [set, new Map(held)]));
  for (const [set, { deleted, added }] of changes) {
    const held = after.get(set) ?? new Map();
    for (const key of deleted) held.delete(key);
    for (const [key, value] of added) held.set(key, value);
    if (held.size > 0) after.set(set, held);
    else after.delete(set);
  }
  return after;
}
