import { expect } from "chai";
import { type Aged, compareAge } from "../src/age.ts";

const ORDERED: readonly Aged[] = [
  { created: "2026-01-01T00:00:00Z", namespace: "b", name: "z" },
  { created: "2026-01-02T00:00:00Z", name: "lan" },
  { created: "2026-01-02T00:00:00Z", namespace: "A", name: "z" },
  { created: "2026-01-02T00:00:00Z", namespace: "a", name: "Z" },
  { created: "2026-01-02T00:00:00Z", namespace: "a", name: "a" },
];

describe("the order by age", () => {
  for (const [i, older] of ORDERED.entries()) {
    for (const [j, other] of ORDERED.entries()) {
      it(`puts ${older.namespace}/${older.name} and ${other.namespace}/${other.name} as they are listed`, () =>
        expect(Math.sign(compareAge(older, other))).to.equal(Math.sign(i - j)));
    }
  }
});
