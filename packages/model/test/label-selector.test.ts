import { expect } from "chai";
import { anySelectorMatches, type LabelSelector, selectorMatches } from "../src/label-selector.ts";

const LABELS = { app: "web", tier: "front" };
const selector = (
  matchLabels: LabelSelector["matchLabels"],
  ...matchExpressions: LabelSelector["matchExpressions"]
): LabelSelector => ({ matchLabels, matchExpressions });
const rule = (key: string, operator: "In" | "NotIn" | "Exists" | "DoesNotExist", ...values: string[]) =>
  selector({}, { key, operator, values });

const ROWS: [string, LabelSelector, boolean][] = [
  ["nothing", selector({}), true],
  ["a label that it has", selector({ app: "web" }), true],
  ["another value", selector({ app: "db" }), false],
  ["a label that it lacks", selector({ zone: "a" }), false],
  ["all of two labels", selector({ app: "web", tier: "front" }), true],
  ["two labels of which it has one", selector({ app: "web", tier: "back" }), false],
  ["one of several values", rule("app", "In", "db", "web"), true],
  ["none of its values", rule("app", "In", "db"), false],
  ["a value of what it lacks", rule("zone", "In", "a"), false],
  ["not its value", rule("app", "NotIn", "web"), false],
  ["not another value", rule("app", "NotIn", "db"), true],
  ["not a value of what it lacks", rule("zone", "NotIn", "a"), true],
  ["that a label is there", rule("app", "Exists"), true],
  ["that a label is there which it lacks", rule("zone", "Exists"), false],
  ["that a label is not there", rule("app", "DoesNotExist"), false],
  ["that a label is not there which it lacks", rule("zone", "DoesNotExist"), true],
  ["a name that every object inherits", rule("constructor", "Exists"), false],
  ["the absence of a name that every object inherits", rule("toString", "DoesNotExist"), true],
  ["a label and a rule", { ...rule("tier", "Exists"), matchLabels: { app: "web" } }, true],
  ["a label and a rule that does not hold", { ...rule("zone", "Exists"), matchLabels: { app: "web" } }, false],
];

describe("a label selector", () => {
  for (const [what, selects, matches] of ROWS) {
    it(`${matches ? "matches" : "does not match"} when it asks for ${what}`, () =>
      expect(selectorMatches(selects, LABELS)).to.equal(matches));
  }
});

describe("a list of label selectors (C-05)", () => {
  it("matches when one of them does", () =>
    expect(anySelectorMatches([selector({ app: "db" }), selector({ tier: "front" })], LABELS)).to.equal(true));
  it("does not match when none does", () =>
    expect(anySelectorMatches([selector({ app: "db" })], LABELS)).to.equal(false));
  it("does not match when it is empty", () => expect(anySelectorMatches([], LABELS)).to.equal(false));
});
