import { expect } from "chai";
import { mergeStatus } from "../src/merge-status.ts";

const ROWS: { name: string; status: unknown; patch: Record<string, unknown>; merged: unknown }[] = [
  { name: "starts from nothing", status: undefined, patch: { a: 1 }, merged: { a: 1 } },
  { name: "starts anew from what is no object", status: "x", patch: { a: 1 }, merged: { a: 1 } },
  { name: "keeps what the patch does not name", status: { a: 1, b: 2 }, patch: { b: 3 }, merged: { a: 1, b: 3 } },
  { name: "removes what is null", status: { a: 1, b: 2 }, patch: { a: null }, merged: { b: 2 } },
  { name: "removes in depth", status: { a: { b: 1, c: 2 } }, patch: { a: { b: null } }, merged: { a: { c: 2 } } },
  { name: "leaves no null in a new object", status: {}, patch: { a: { b: null, c: 1 } }, merged: { a: { c: 1 } } },
  { name: "replaces lists", status: { a: [1, 2] }, patch: { a: [3] }, merged: { a: [3] } },
  {
    name: "merges conditions by type",
    status: { conditions: [{ type: "A", status: "True" }, { type: "B" }] },
    patch: { conditions: [{ type: "A", status: "False" }] },
    merged: { conditions: [{ type: "B" }, { type: "A", status: "False" }] },
  },
  {
    name: "adds conditions",
    status: {},
    patch: { conditions: [{ type: "A" }] },
    merged: { conditions: [{ type: "A" }] },
  },
  { name: "removes all conditions", status: { conditions: [{ type: "A" }] }, patch: { conditions: null }, merged: {} },
];

describe("mergeStatus", () => {
  for (const { name, status, patch, merged } of ROWS) {
    it(name, () => {
      const before = structuredClone(status);
      expect(mergeStatus(status, patch)).to.deep.equal(merged);
      expect(status, "the status as it was").to.deep.equal(before);
    });
  }
});
